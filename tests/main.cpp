#define BOOST_TEST_MODULE seg
#include <boost/test/included/unit_test.hpp>
