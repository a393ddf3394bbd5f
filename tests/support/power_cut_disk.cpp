#include "tests/support/power_cut_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

namespace countersign::tests {
namespace {

constexpr std::size_t sector = 512;

// A write, or a new size when there are no bytes.
struct Change {
    std::size_t at = 0;
    std::string bytes;
};

struct Platter {
    std::string synced;
    std::vector<Change> since;
};

void put(std::string& content, const Change& change, std::size_t length) {
    if (change.bytes.empty()) {
        content.resize(change.at);
        return;
    }
    content.resize(std::max(content.size(), change.at + length));
    content.replace(change.at, length, change.bytes, 0, length);
}

std::mutex mutex;
std::map<std::string, Platter> platters;
std::function<void()> look;
bool lies = false;
sqlite3_vfs* real_disk = nullptr;

struct File {
    sqlite3_file base;
    sqlite3_file* real;
    const char* path;  // null: a temporary file, of which nothing is kept
};

File& of(sqlite3_file* file) {
    return *reinterpret_cast<File*>(file);
}

void let_look() {
    std::function<void()> now;
    {
        const std::lock_guard lock(mutex);
        now = look;
    }
    if (now) now();
}

void note(sqlite3_file* file, Change change) {
    if (of(file).path == nullptr) return;
    let_look();
    const std::lock_guard lock(mutex);
    platters[of(file).path].since.push_back(std::move(change));
}

int close_file(sqlite3_file* file) {
    return of(file).real->pMethods->xClose(of(file).real);
}
int read_file(sqlite3_file* file, void* to, int length, sqlite3_int64 at) {
    return of(file).real->pMethods->xRead(of(file).real, to, length, at);
}
int write_file(sqlite3_file* file, const void* from, int length, sqlite3_int64 at) {
    note(file, {static_cast<std::size_t>(at),
                std::string(static_cast<const char*>(from), static_cast<std::size_t>(length))});
    return of(file).real->pMethods->xWrite(of(file).real, from, length, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    note(file, {static_cast<std::size_t>(size), ""});
    return of(file).real->pMethods->xTruncate(of(file).real, size);
}
// The real file need not be synced: nothing here outlives the test.
int sync_file(sqlite3_file* file, int) {
    if (of(file).path == nullptr) return SQLITE_OK;
    let_look();
    const std::lock_guard lock(mutex);
    if (lies) return SQLITE_OK;
    Platter& platter = platters[of(file).path];
    for (const Change& change : platter.since)
        put(platter.synced, change, change.bytes.size());
    platter.since.clear();
    return SQLITE_OK;
}
int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    return of(file).real->pMethods->xFileSize(of(file).real, size);
}
int lock_file(sqlite3_file* file, int level) {
    return of(file).real->pMethods->xLock(of(file).real, level);
}
int unlock_file(sqlite3_file* file, int level) {
    return of(file).real->pMethods->xUnlock(of(file).real, level);
}
int check_lock(sqlite3_file* file, int* held) {
    return of(file).real->pMethods->xCheckReservedLock(of(file).real, held);
}
int control(sqlite3_file* file, int operation, void* argument) {
    return of(file).real->pMethods->xFileControl(of(file).real, operation, argument);
}
int sector_size(sqlite3_file* file) {
    return of(file).real->pMethods->xSectorSize(of(file).real);
}
int characteristics(sqlite3_file* file) {
    return of(file).real->pMethods->xDeviceCharacteristics(of(file).real);
}
int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** to) {
    return of(file).real->pMethods->xShmMap(of(file).real, region, size, extend, to);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
    return of(file).real->pMethods->xShmLock(of(file).real, offset, count, flags);
}
void barrier(sqlite3_file* file) {
    of(file).real->pMethods->xShmBarrier(of(file).real);
}
int unmap_shared(sqlite3_file* file, int remove) {
    return of(file).real->pMethods->xShmUnmap(of(file).real, remove);
}

constexpr sqlite3_io_methods methods{.iVersion = 2,
                                     .xClose = close_file,
                                     .xRead = read_file,
                                     .xWrite = write_file,
                                     .xTruncate = truncate_file,
                                     .xSync = sync_file,
                                     .xFileSize = size_of_file,
                                     .xLock = lock_file,
                                     .xUnlock = unlock_file,
                                     .xCheckReservedLock = check_lock,
                                     .xFileControl = control,
                                     .xSectorSize = sector_size,
                                     .xDeviceCharacteristics = characteristics,
                                     .xShmMap = map_shared,
                                     .xShmLock = lock_shared,
                                     .xShmBarrier = barrier,
                                     .xShmUnmap = unmap_shared,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* found) {
    auto* made = new (file) File{{nullptr}, nullptr, path};
    made->real = reinterpret_cast<sqlite3_file*>(made + 1);
    const int code = real_disk->xOpen(real_disk, path, made->real, flags, found);
    if (code == SQLITE_OK) made->base.pMethods = &methods;
    return code;
}

int delete_file(sqlite3_vfs*, const char* path, int sync) {
    const std::lock_guard lock(mutex);
    platters.erase(path);
    return real_disk->xDelete(real_disk, path, sync);
}

sqlite3_vfs disk;

}  // namespace

PowerCutDisk::PowerCutDisk() {
    real_disk = sqlite3_vfs_find(nullptr);
    disk = *real_disk;
    disk.zName = "power_cut";
    disk.pNext = nullptr;
    disk.szOsFile = static_cast<int>(sizeof(File)) + real_disk->szOsFile;
    disk.xOpen = open_file;
    disk.xDelete = delete_file;
    lies = false;
    sqlite3_vfs_register(&disk, 1);
}

PowerCutDisk::~PowerCutDisk() {
    sqlite3_vfs_unregister(&disk);
    sqlite3_vfs_register(real_disk, 1);
    platters.clear();
    look = {};
}

void PowerCutDisk::cut_into(const std::filesystem::path& folder, const std::filesystem::path& database,
                            std::mt19937& random) const {
    const std::lock_guard lock(mutex);
    for (const auto& [path, platter] : platters) {
        if (!path.starts_with(database.string())) continue;
        std::string content = platter.synced;
        for (const Change& change : platter.since) {
            const auto luck = random() % 4;
            if (luck == 0) continue;
            std::size_t length = change.bytes.size();
            if (luck == 1 && length > sector) length = sector * (random() % (length / sector));
            if (length > 0 || change.bytes.empty()) put(content, change, length);
        }
        std::ofstream(folder / std::filesystem::path(path).filename(), std::ios::binary) << content;
    }
}

void PowerCutDisk::ignore_syncs() {
    const std::lock_guard lock(mutex);
    lies = true;
}

void PowerCutDisk::before_each(std::function<void()> now) {
    const std::lock_guard lock(mutex);
    look = std::move(now);
}

}  // namespace countersign::tests
