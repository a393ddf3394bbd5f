#include "bot/status_pages.hpp"
#include "tests/fakes/raw_client.hpp"
#include "tests/support/log_capture.hpp"
#include "tests/support/temp_db.hpp"

#include <SQLiteCpp/Database.h>
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <thread>

using namespace countersign;

TEST_CASE("R70: a database that cannot be read ends neither the metrics nor the program") {
    tests::TempDb db;
    db.writer().handle().exec("DROP TABLE outbox");
    config::Settings settings;
    settings.database = db.file();
    settings.http_listen = "127.0.0.1:0";
    const tests::LogCapture log;
    net::asio::io_context io{1};
    auto pages =
        bot::serve_status_pages(io.get_executor(), settings, [] { return bot::HealthReport{}; }, {}, {});
    REQUIRE(pages);
    const std::string& line = log.lines.back();
    const auto port = std::stoi(line.substr(line.find("port=") + 5));
    bool ended = false;
    std::thread serving([&] {
        try {
            io.run();
        } catch (const std::exception&) {
            ended = true;
        }
    });
    std::string head;
    try {
        fakes::RawClient client(static_cast<std::uint16_t>(port));
        client.write("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        head = client.read_until("\r\n\r\n");
    } catch (const std::exception&) {
        head.clear();
    }
    io.stop();
    serving.join();
    CHECK_FALSE(ended);
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(log.count("event=outbox_unreadable") == 1);
}
