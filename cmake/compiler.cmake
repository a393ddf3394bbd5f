# One interface target carries what every translation unit is compiled with.
add_library(countersign_flags INTERFACE)
target_include_directories(countersign_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(countersign_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Wcast-align -Woverloaded-virtual -Wnull-dereference -Wformat=2 -Wimplicit-fallthrough -Werror
  -fstack-protector-strong -fstack-clash-protection -fcf-protection)
target_compile_definitions(countersign_flags INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  _GLIBCXX_ASSERTIONS
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>
  $<$<BOOL:${COUNTERSIGN_FAILPOINTS}>:COUNTERSIGN_FAILPOINTS>)
target_link_options(countersign_flags INTERFACE -fuse-ld=lld -Wl,-z,relro,-z,now -pie)

if(COUNTERSIGN_SANITIZE)
  target_compile_options(countersign_flags INTERFACE
    -fsanitize=${COUNTERSIGN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(countersign_flags INTERFACE -fsanitize=${COUNTERSIGN_SANITIZE})
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # What it needs to be told to keep files that read a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
