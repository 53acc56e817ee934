#define BOOST_TEST_MODULE seg
#include <boost/test/included/unit_test.hpp>

#ifdef BOOST_NO_EXCEPTIONS
// Boost's own failures end the program then.
void boost::throw_exception(const std::exception& e, const boost::source_location&) { throw_exception(e); }
#endif
