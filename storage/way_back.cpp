#include "storage/way_back.hpp"

#include "storage/database.hpp"
#include "storage/descriptor.hpp"
#include "storage/schema.hpp"

#include <fmt/format.h>

#include <system_error>

namespace countersign::storage {

std::filesystem::path way_back(const std::filesystem::path& database, int schema) {
    return fmt::format("{}.schema-{}", database.string(), schema);
}

Result<void> keep_way_back(const Database& database, const std::filesystem::path& file) {
    const int schema = database.schema_version();
    if (schema == 0 || schema >= newest_schema()) return {};
    // One is enough: nobody goes back two upgrades and wants none of what happened since.
    std::error_code ignored;
    for (int earlier = 1; earlier < newest_schema(); ++earlier)
        std::filesystem::remove(way_back(file, earlier), ignored);
    const auto kept = way_back(file, schema);
    if (auto made = database.backup_to(kept); !made) {
        return fail(made.error().code, fmt::format("{} is not upgraded without a copy of it as it is: {}",
                                                   file.string(), made.error().text));
    }
    give_to_owner_of_directory(kept);
    return {};
}

}  // namespace countersign::storage
