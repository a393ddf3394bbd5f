#include "bot/vault_access.hpp"

#include "config/base/log.hpp"
#include "storage/vault.hpp"

namespace countersign::bot {

const storage::Database* VaultAccess::reader() {
    if (!reader_) {
        auto opened = storage::Database::open_reader(file_);
        if (!opened) {
            log::error("vault_unreadable", {{"error", opened.error().text}});
            return nullptr;
        }
        reader_.emplace(std::move(*opened));
    }
    return &*reader_;
}

Result<Secret> VaultAccess::read(const storage::SealedPlace& place) {
    const auto* database = reader();
    if (database == nullptr) return fail(Errc::unavailable, "the database cannot be read now");
    return storage::read_secret(*database, ring_, place);
}

Result<Secret> VaultAccess::read(const storage::Authorization& of, const char* field) {
    return read({of.id, field, std::string(to_text(of.kind)), of.url});
}

}  // namespace countersign::bot
