// Pointers into what an interpreter has made stay good while it makes more.
#include "lisp.hpp"

using namespace lisp;

BOOST_AUTO_TEST_SUITE(stability)

BOOST_AUTO_TEST_CASE(an_array_and_its_elements_stay_where_they_are) {
    seg_store store;
    heap<seg_store> values(store);
    const auto made = values.add_array(0);
    auto& array = values.array(made);
    std::vector<const value<seg_store>*> places;
    for (std::int64_t i = 0; i != 100'000; ++i) {
        array.push_back({type::integer, i});
        places.push_back(&array.back());
        if (i % 1000 == 0) values.add_array(static_cast<std::size_t>(i)); // others grow in between
    }
    BOOST_TEST(&values.array(made) == &array);
    for (std::size_t i = 0; i != places.size(); ++i) {
        BOOST_REQUIRE(places[i] == &array[i]);
        BOOST_REQUIRE(places[i]->integer == static_cast<std::int64_t>(i));
    }
}

BOOST_AUTO_TEST_CASE(nodes_and_bytecode_stay_where_they_are) {
    seg_store store;
    syntax<seg_store> s(store);
    program<seg_store> p(store);
    const auto first = reader<seg_store>(s).read("(define (f x) (+ x 1))");
    compiler<seg_store> c(s, p);
    c.compile(first);
    const instruction* const entry = &p.code[p.functions[0].entry];
    const auto* const defined = s[s[first].first_child].first_child;
    for (int i = 0; i != 2000; ++i)
        c.compile(reader<seg_store>(s).read("(define (g x) (if (< x 2) x (+ (g (- x 1)) (g (- x 2)))))"));
    BOOST_TEST(entry == &p.code[p.functions[0].entry]);
    BOOST_TEST((entry->what == op::local));
    BOOST_TEST(defined == s[s[first].first_child].first_child);
    BOOST_TEST(s.named(defined->named).text == "define");

    // What was compiled first runs first.
    c.compile(reader<seg_store>(s).read("(display (f 1)) (display (g 10))"));
    std::string output;
    machine<seg_store>(p, s, output).run();
    BOOST_TEST(output == "255");
}

BOOST_AUTO_TEST_CASE(a_hint_is_memory_for_that_many) {
    seg_store store;
    heap<seg_store> values(store);
    BOOST_TEST(values.array(values.add_array(1000)).capacity() >= 1000u);
    BOOST_TEST(values.array(values.add_array(0)).capacity() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
