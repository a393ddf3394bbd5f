#include "storage/sealed.hpp"

#include "storage/storage_error.hpp"

#include <nlohmann/json.hpp>

namespace countersign::storage {
namespace {

using nlohmann::json;

json of_value(const SealedValue& value) {
    return {{"key_id", value.key_id}, {"wrapped_key", value.wrapped_key}, {"ciphertext", value.ciphertext}};
}

SealedValue value_of(const json& object) {
    return {object.at("key_id"), object.at("wrapped_key"), object.at("ciphertext")};
}

}  // namespace

json to_json(const SealedBundle& bundle) {
    auto secrets = json::array();
    for (const auto& [place, value] : bundle.secrets)
        secrets.push_back({{"record", place.record},
                           {"field", place.field},
                           {"kind", place.kind},
                           {"instance", place.instance},
                           {"value", of_value(value)}});
    return {{"secrets", std::move(secrets)}, {"proof", of_value(bundle.proof)}};
}

SealedBundle parse_sealed(const json& bundle) {
    try {
        SealedBundle out{{}, value_of(bundle.at("proof"))};
        for (const auto& each : bundle.at("secrets"))
            out.secrets.push_back(
                {{each.at("record"), each.at("field"), each.at("kind"), each.at("instance")},
                 value_of(each.at("value"))});
        return out;
    } catch (const json::exception&) {
        throw UnreadableRow("sealed secrets are not as they were sealed");
    }
}

}  // namespace countersign::storage
