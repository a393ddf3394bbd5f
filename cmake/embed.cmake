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
