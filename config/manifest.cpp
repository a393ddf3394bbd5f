#include "config/manifest.hpp"

namespace countersign::embedded {
extern const std::string_view manifest_json;
}

namespace countersign::config {

std::string_view app_manifest() {
    return embedded::manifest_json;
}

}  // namespace countersign::config
