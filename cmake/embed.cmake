# embed_text(TARGET name FILE): the file's text as `std::string_view countersign::embedded::NAME`
# in a generated source; the header that declares it is written by hand beside its user.
function(embed_text target name file)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  file(READ ${file} text)
  string(LENGTH "${text}" length)
  if(length GREATER 60000)
    message(FATAL_ERROR "${file} is too long for a string literal")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  # Compilers guarantee literals of 65,536 bytes only; adjacent raw literals are joined.
  file(CONFIGURE OUTPUT ${out} CONTENT
"#include <string_view>
namespace countersign::embedded {
extern const std::string_view ${name};
const std::string_view ${name} = R\"_embedded_(@text@)_embedded_\";
}
" @ONLY)
  target_sources(${target} PRIVATE ${out})
endfunction()

# embed_file(TARGET name FILE): any file's bytes, by `std::string_view countersign::embedded::NAME()`.
function(embed_file target name file)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
  file(CONFIGURE OUTPUT ${out} CONTENT
"#include <string_view>
asm(R\"(.pushsection .rodata
.balign 16
countersign_embedded_@name@:
.incbin \"@file@\"
countersign_embedded_@name@_end:
.popsection)\");
extern \"C\" const char countersign_embedded_@name@[], countersign_embedded_@name@_end[];
namespace countersign::embedded {
std::string_view @name@();
std::string_view @name@() {
    return {countersign_embedded_@name@, countersign_embedded_@name@_end};
}
}
" @ONLY)
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${out})
endfunction()
