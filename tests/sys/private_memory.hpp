// What the tests map: private memory that can be read and written. It imports seg.sys, so it is included after every
// other header.
#pragma once

import seg.sys;

inline constexpr auto readable_and_writable = seg::sys::prot::read | seg::sys::prot::write;
inline constexpr auto private_memory = seg::sys::map_flag::private_ | seg::sys::map_flag::anonymous;
