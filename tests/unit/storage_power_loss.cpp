// A commit that was acknowledged is there after the power went, whatever else the disk made of it.
#include "storage/database.hpp"
#include "storage/view.hpp"
#include "storage/writer.hpp"
#include "tests/support/power_cut_disk.hpp"
#include "tests/support/store_rows.hpp"
#include "tests/support/temp_db.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>

using namespace countersign;
using namespace countersign::storage;
using namespace countersign::tests;

namespace {

// Writes commits of all sizes, enough for the log to be written back and begun anew several times.
class Writing {
  public:
    explicit Writing(unsigned seed) : random_(seed) {}

    void commit() {
        const int number = last_ + 1;
        const std::size_t rows = 1 + random_() % 60;
        db_.transaction([&] {
            for (std::size_t row = 0; row < rows; ++row)
                apply(db_,
                      SetMeta{fmt::format("row-{}", random_() % 400),
                              std::string(1 + random_() % 9'000, static_cast<char>('a' + number % 26))},
                      sample_time);
            apply(db_, SetMeta{"last", std::to_string(number)}, sample_time);
        });
        last_ = number;
    }
    [[nodiscard]] int last() const { return last_; }
    [[nodiscard]] std::filesystem::path file() const { return dir_.path() / "countersign.db"; }

  private:
    // Made here, from its first byte: what a copy brings along was never written to this disk.
    TempDir dir_;
    Database db_ = Database::open_writer(file()).value();
    std::mt19937 random_;
    std::atomic<int> last_ = 0;
};

// What the next start finds: the newest commit of which anything is there, or why it does not start.
std::string after_power_cut(const PowerCutDisk& disk, const Writing& writing, std::mt19937& random) {
    const TempDir folder;
    disk.cut_into(folder.path(), writing.file(), random);
    const auto database = Database::open_writer(folder.path() / "countersign.db");
    if (!database) return database.error().text;
    if (const auto sound = database->integrity(); sound != "ok") return sound;
    return View(*database).meta("last");
}

}  // namespace

TEST_CASE("O4: after a power cut every commit that returned is there, and the file is sound") {
    constexpr unsigned seeds = 6;
    int cuts = 0;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        CAPTURE(seed);
        const PowerCutDisk disk;
        std::mt19937 random(seed);
        Writing writing(seed);
        for (int commit = 1; commit <= 120; ++commit) {
            writing.commit();
            if (random() % 4 != 0) continue;
            CAPTURE(commit);
            CHECK(after_power_cut(disk, writing, random) == std::to_string(writing.last()));
            ++cuts;
        }
    }
    CHECK(cuts > 100);
}

TEST_CASE("O4: a power cut between any two writes loses no commit that returned before it") {
    PowerCutDisk disk;
    std::mt19937 random(7);
    // The thread that writes the log back looks too, until `writing` ends.
    std::atomic<int> cuts = 0;
    std::atomic<int> lost = 0;
    std::atomic<bool> looking = false;
    Writing writing(7);
    writing.commit();
    const auto look = [&] {
        const int returned = writing.last();
        const auto found = after_power_cut(disk, writing, random);
        // The commit under way may be there already.
        const bool there = found == std::to_string(returned) || found == std::to_string(returned + 1);
        lost += there ? 0 : 1;
        ++cuts;
    };
    disk.before_each([&] {
        // Opening what was found writes too.
        if (looking.exchange(true)) return;
        if (random() % 400 == 0) look();
        looking = false;
    });
    for (int commit = 0; commit < 120; ++commit)
        writing.commit();
    disk.before_each({});
    CHECK(cuts > 20);
    CHECK(lost == 0);
}

TEST_CASE("O4: a disk that lies about its syncs is found out by this test") {
    PowerCutDisk disk;
    std::mt19937 random(9);
    Writing writing(9);
    writing.commit();
    disk.ignore_syncs();
    int lost = 0;
    for (int commit = 0; commit < 40; ++commit) {
        writing.commit();
        lost += after_power_cut(disk, writing, random) == std::to_string(writing.last()) ? 0 : 1;
    }
    CHECK(lost > 20);
}
