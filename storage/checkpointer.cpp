#include "storage/checkpointer.hpp"

#include <SQLiteCpp/Database.h>

namespace countersign::storage {
namespace {

// Of 4 KiB. Rare enough that a page changed by many commits is written back once for them all.
constexpr int pages_a_round = 4'000;

}  // namespace

Checkpointer::Checkpointer(const std::filesystem::path& database)
    : connection_(std::make_unique<SQLite::Database>(database.string(), SQLite::OPEN_READWRITE)),
      thread_([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Checkpointer::log_is(int pages) {
    {
        const std::lock_guard lock(mutex_);
        // Shorter than before: the writer began the log anew, because all of it was written back.
        if (pages < pages_) written_back_ = 0;
        pages_ = pages;
        if (pages_ - written_back_ < pages_a_round) return;
    }
    changed_.notify_one();
}

void Checkpointer::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return stopping_ || pages_ - written_back_ >= pages_a_round; });
        if (stopping_) return;
        const int asked = pages_;
        lock.unlock();
        // PASSIVE waits for nobody and makes nobody wait. What stops it (a full disk) stops the writer's next
        // commit too, which says so.
        (void)connection_->tryExec("PRAGMA wal_checkpoint(PASSIVE)");
        lock.lock();
        // Unless the log was begun anew meanwhile.
        if (pages_ >= asked) written_back_ = asked;
    }
}

}  // namespace countersign::storage
