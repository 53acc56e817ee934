// The names of the standard library that the other modules use. `import std` will replace this module when CMake and
// all compilers support it.
//
// It makes importing faster. The compiled interface of a partition that includes headers contains a copy of them, and a
// compiler that imports several of these has to read and merge the copies. This module contains the only copy. A
// program that imports the other modules does not see these names.
//
// seg.sys does not import it, because a program can use seg.sys without a standard library.
module;

#include <algorithm>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <memory>
#include <memory_resource>
#include <new>
#include <numeric>
#include <ranges>
#include <source_location>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#include <version>

export module seg.standard;

export using ::operator new;

export namespace std {

using std::add_pointer_t;
using std::addressof;
using std::allocator;
using std::allocator_traits;
using std::bad_alloc;
using std::bad_array_new_length;
using std::bit_floor;
using std::bit_width;
using std::byte;
using std::clamp;
using std::conditional_t;
using std::construct_at;
using std::contiguous_iterator;
using std::convertible_to;
using std::copy_constructible;
using std::declval;
using std::destroy;
using std::destroy_at;
using std::equal;
using std::equality_comparable;
using std::false_type;
using std::fill_n;
using std::forward;
using std::forward_iterator;
using std::function;
using std::greater_equal;
using std::has_single_bit;
using std::identity;
using std::indirect_binary_predicate;
using std::indirect_result_t;
using std::indirect_unary_predicate;
using std::indirectly_comparable;
using std::indirectly_copyable;
using std::indirectly_unary_invocable;
using std::indirectly_writable;
using std::initializer_list;
using std::input_iterator;
using std::input_iterator_tag;
using std::invocable;
using std::invoke;
using std::invoke_result_t;
using std::is_assignable_v;
using std::is_constant_evaluated;
using std::is_empty_v;
using std::is_enum_v;
using std::is_floating_point_v;
using std::is_integral_v;
using std::is_nothrow_constructible_v;
using std::is_nothrow_default_constructible_v;
using std::is_object_v;
using std::is_pointer_v;
using std::is_reference_v;
using std::is_same_v;
using std::is_trivially_constructible_v;
using std::is_trivially_copyable_v;
using std::is_trivially_destructible_v;
using std::iter_difference_t;
using std::iter_reference_t;
using std::iter_value_t;
using std::launder;
using std::less;
using std::less_equal;
using std::max;
using std::max_align_t;
using std::memcpy;
using std::min;
using std::move;
using std::move_backward;
using std::move_iterator;
using std::nullptr_t;
using std::numeric_limits;
using std::partial_ordering;
using std::plus;
using std::projected;
using std::ptrdiff_t;
using std::random_access_iterator;
using std::random_access_iterator_tag;
using std::reduce;
using std::ref;
using std::remove;
using std::remove_const_t;
using std::remove_cv_t;
using std::remove_if;
using std::remove_reference_t;
using std::reverse_iterator;
using std::rotate;
using std::same_as;
using std::sentinel_for;
using std::size_t;
using std::sized_sentinel_for;
using std::source_location;
using std::span;
using std::ssize;
using std::string_view;
using std::strong_ordering;
using std::swap;
using std::three_way_comparable;
using std::to_address;
using std::true_type;
using std::type_identity_t;
using std::uint16_t;
using std::uintptr_t;
using std::underlying_type_t;
using std::uninitialized_value_construct_n;
using std::vector;
using std::weak_ordering;
using std::weakly_incrementable;
#ifdef __cpp_lib_containers_ranges
using std::from_range_t;
#endif

namespace pmr {

using std::pmr::memory_resource;
using std::pmr::polymorphic_allocator;

} // namespace pmr

namespace ranges {

using std::ranges::advance;
using std::ranges::begin;
using std::ranges::borrowed_iterator_t;
using std::ranges::borrowed_range;
using std::ranges::copy;
using std::ranges::copy_result;
using std::ranges::count;
using std::ranges::count_if;
using std::ranges::distance;
using std::ranges::enable_borrowed_range;
using std::ranges::end;
using std::ranges::equal;
using std::ranges::equal_to;
using std::ranges::fill;
using std::ranges::find;
using std::ranges::find_if;
using std::ranges::for_each_result;
using std::ranges::forward_range;
using std::ranges::input_range;
using std::ranges::iterator_t;
using std::ranges::random_access_range;
using std::ranges::range_difference_t;
using std::ranges::range_reference_t;
using std::ranges::range_value_t;
using std::ranges::sentinel_t;
using std::ranges::size;
using std::ranges::sized_range;
using std::ranges::subrange;
using std::ranges::transform;
using std::ranges::unary_transform_result;
using std::ranges::view_interface;

} // namespace ranges

} // namespace std
