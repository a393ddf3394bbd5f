#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

namespace SQLite {
class Database;
}

namespace countersign::storage {

// Writes the log (-wal) back into the database file from a thread of its own, so that no commit, and with it
// no ack, waits for the two fsyncs of that. Losing this thread costs time, never data: the writer writes the
// log back itself when it has grown four times as long as it ought to.
class Checkpointer {
  public:
    // Throws SQLite::Exception when the file cannot be opened.
    explicit Checkpointer(const std::filesystem::path& database);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    // After each commit of the writer, on its thread: how long the log is now, in pages.
    void log_is(int pages);

  private:
    void run();

    std::unique_ptr<SQLite::Database> connection_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int pages_ = 0;
    int written_back_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace countersign::storage
