// The reference clients that budgets are ratios of: the least a program in C++ with Beast and nlohmann/json
// can do per envelope. `bare` parses and acks; `commit` writes each envelope with a FULL commit first;
// `group` shares commits between whatever has arrived. One connection, no liveness, no reconnect, no
// handlers.

#include <SQLiteCpp/SQLiteCpp.h>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <nlohmann/json.hpp>

#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using Socket = beast::websocket::stream<beast::tcp_stream>;

struct Row {
    std::string id, text;
};

class Table {
  public:
    explicit Table(const std::string& file) : database_(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE) {
        database_.exec("PRAGMA journal_mode=WAL");
        database_.exec("PRAGMA synchronous=FULL");
        database_.exec("CREATE TABLE inbox(id TEXT PRIMARY KEY, body TEXT) STRICT");
        insert_.emplace(database_, "INSERT OR IGNORE INTO inbox VALUES(?,?)");
    }
    void write(const std::vector<Row>& rows) {
        SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
        for (const Row& row : rows) {
            insert_->bind(1, row.id);
            insert_->bind(2, row.text);
            insert_->exec();
            insert_->reset();
        }
        transaction.commit();
    }

  private:
    SQLite::Database database_;
    std::optional<SQLite::Statement> insert_;
};

class Client {
  public:
    Client(std::string mode, std::uint16_t port, const std::string& file)
        : mode_(std::move(mode)), port_(port) {
        if (mode_ != "bare") table_.emplace(file);
    }

    int run() {
        asio::co_spawn(io_, read(), [this](const std::exception_ptr&) { io_.stop(); });
        std::thread committer;
        if (mode_ == "group") committer = std::thread([this] { commit_loop(); });
        io_.run();
        if (committer.joinable()) {
            {
                const std::lock_guard lock(mutex_);
                stopping_ = true;
            }
            arrived_.notify_one();
            committer.join();
        }
        return 0;
    }

  private:
    asio::awaitable<void> read() {
        tcp::socket plain(io_);
        co_await plain.async_connect({asio::ip::make_address("127.0.0.1"), port_}, asio::use_awaitable);
        plain.set_option(tcp::no_delay(true));
        socket_.emplace(std::move(plain));
        socket_->auto_fragment(false);
        socket_->text(true);
        co_await socket_->async_handshake("127.0.0.1", "/link/", asio::use_awaitable);
        beast::flat_buffer buffer;
        while (true) {
            co_await socket_->async_read(buffer, asio::use_awaitable);
            std::string text = beast::buffers_to_string(buffer.cdata());
            buffer.consume(buffer.size());
            const auto message = nlohmann::json::parse(text);
            const auto id = message.value("envelope_id", "");
            if (id.empty()) continue;
            if (mode_ == "group") {
                const std::lock_guard lock(mutex_);
                arrived_rows_.push_back({id, std::move(text)});
                arrived_.notify_one();
                continue;
            }
            if (mode_ == "commit") table_->write({{id, std::move(text)}});
            acknowledge(id);
        }
    }

    void commit_loop() {
        std::vector<Row> rows;
        while (true) {
            {
                std::unique_lock lock(mutex_);
                arrived_.wait(lock, [&] { return stopping_ || !arrived_rows_.empty(); });
                if (stopping_) return;
                rows.swap(arrived_rows_);
            }
            table_->write(rows);
            asio::post(io_, [this, rows = std::move(rows)] {
                for (const Row& row : rows)
                    acknowledge(row.id);
            });
            rows = {};
        }
    }

    void acknowledge(const std::string& id) {
        acks_.push_back(R"({"envelope_id":")" + id + "\"}");
        if (acks_.size() == 1) asio::co_spawn(io_, write(), [](const std::exception_ptr&) {});
    }

    asio::awaitable<void> write() {
        while (!acks_.empty()) {
            co_await socket_->async_write(asio::buffer(acks_.front()), asio::use_awaitable);
            acks_.pop_front();
        }
    }

    std::string mode_;
    std::uint16_t port_;
    std::optional<Table> table_;
    asio::io_context io_{1};
    std::optional<Socket> socket_;
    std::deque<std::string> acks_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<Row> arrived_rows_;
    bool stopping_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: bench_reference bare|commit|group PORT DATABASE\n";
        return 2;
    }
    Client client(argv[1], static_cast<std::uint16_t>(std::stoi(argv[2])), argv[3]);
    return client.run();
}
