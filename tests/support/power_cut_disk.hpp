#pragma once

#include <filesystem>
#include <functional>
#include <random>

namespace countersign::tests {

// A disk with a write cache that a power cut empties. While it lives, every SQLite connection opened anew
// goes through it: writes reach the real file at once, as in a page cache, and a copy of each file tells what
// has reached the platter, which is what was there at the last sync. One at a time.
class PowerCutDisk {
  public:
    PowerCutDisk();
    ~PowerCutDisk();
    PowerCutDisk(const PowerCutDisk&) = delete;
    PowerCutDisk& operator=(const PowerCutDisk&) = delete;

    // What somebody would find of `database` and its log if the power went now, written into `folder`:
    // everything that was synced, and of what was written since any part, some of it torn at a sector.
    void cut_into(const std::filesystem::path& folder, const std::filesystem::path& database,
                  std::mt19937& random) const;
    // Syncs are taken for done and are not: a disk that lies.
    void ignore_syncs();
    // Called before each write and sync, on the thread that does it.
    void before_each(std::function<void()> look);
};

}  // namespace countersign::tests
