#include "storage/issue_facts.hpp"
#include "storage/seal.hpp"
#include "storage/sealed.hpp"
#include "storage/storage_error.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <cstdlib>

// C3, O16: rows that somebody changed by hand are refused, never believed and never a crash.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace countersign::storage;
    const std::string text(data, data + size);
    if (const auto facts = parse_issue_facts(text))
        if (!parse_issue_facts(to_json(*facts))) std::abort();
    static const KeyRing ring({{"k1", countersign::Secret(std::string(32, 'k'))}});
    const SealedPlace place{"row", "token", "gitlab", "https://gitlab.com"};
    const auto half = text.substr(0, text.size() / 2);
    if (unseal(ring, place, {"k1", half, text.substr(half.size())})) std::abort();
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) return 0;
    try {
        for (const auto& each : parse_sealed(json).secrets)
            if (unseal(ring, each.place, each.value)) std::abort();
    } catch (const UnreadableRow&) {
        return 0;
    }
    return 0;
}
