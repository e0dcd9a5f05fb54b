// Files behind URLs, against a server on the loopback that counts and can misbehave.
#include "runtime/sources/url_files.h"

#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/http/http_server.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::Answer;
using tests::Request;

namespace {

std::string header(const Request& request, const std::string& name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? "" : found->second;
}

struct World {
    explicit World(tests::HttpServer::Handler handler) : server(std::move(handler)) {}

    UrlFiles files(bool offline = false) {
        UrlFileOptions options;
        options.limits.first_pause = std::chrono::milliseconds(1);
        options.offline = offline;
        return UrlFiles(options, *store);
    }
    std::string content(const Result<FetchedFile>& file) { return file ? store->blobs().read(file->digest).value() : file.error().message; }

    tests::TemporaryDirectory folder;
    std::unique_ptr<Store> store = Store::open(folder / "store").value();
    tests::HttpServer server;
};

}  // namespace

TEST_CASE("a file says how far it is while it comes, and nothing where it has not changed") {
    World world([&](const Request& request) {
        if (!header(request, "if-none-match").empty()) return Answer{304};
        return Answer{200, {{"ETag", "\"tag\""}}, "four"};
    });
    UrlFiles files = world.files();
    std::vector<std::uint64_t> seen;
    const auto progress = [&](std::uint64_t done, std::optional<std::uint64_t> total) {
        CHECK(total == 4);
        seen.push_back(done);
    };
    REQUIRE(files.current(world.server.url("/f"), progress));
    CHECK(seen == std::vector<std::uint64_t>{0, 4});
    seen.clear();
    REQUIRE(files.current(world.server.url("/f"), progress));
    CHECK(seen.empty());
}

TEST_CASE("an unchanged file is asked for by what is known of it, and not sent again") {
    std::string text = "one";
    World world([&](const Request& request) {
        const std::string tag = "\"" + text + "\"";
        if (header(request, "if-none-match") == tag) return Answer{304};
        return Answer{200, {{"ETag", tag}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}}, text};
    });
    UrlFiles files = world.files();
    const std::string url = world.server.url("/f");
    const auto first = files.current(url);
    CHECK(world.content(first) == "one");
    CHECK(first->modified == 784111777);
    const auto again = files.current(url);
    CHECK(world.content(again) == "one");
    CHECK(again->modified == 784111777);
    CHECK(header(world.server.requests().back(), "if-modified-since") == "Sun, 06 Nov 1994 08:49:37 GMT");
    text = "two";
    CHECK(world.content(files.current(url)) == "two");
    // what is not at hand any more is not asked for by what it was
    REQUIRE(world.store->blobs().remove(Digest::of("two")));
    CHECK(world.content(files.current(url)) == "two");
    CHECK(header(world.server.requests().back(), "if-none-match").empty());
}

TEST_CASE("a server that knows no conditions is not read to the end where its tag is the same") {
    World world([](const Request&) { return Answer{200, {{"ETag", "\"x\""}}, std::string(100, 'x')}; });
    UrlFiles files = world.files();
    const auto first = files.current(world.server.url("/f"));
    CHECK(files.current(world.server.url("/f"))->digest == first->digest);
    CHECK(first->modified == 0);
}

TEST_CASE("a pinned file is asked for once, and must be what it should be") {
    World world([](const Request&) { return Answer{200, {}, "right"}; });
    UrlFiles files = world.files();
    const std::string url = world.server.url("/f");
    CHECK(world.content(files.pinned(url, Digest::of("right"))) == "right");
    CHECK(world.content(files.pinned(url, Digest::of("right"))) == "right");
    CHECK(world.server.count("/f") == 1);
    const auto wrong = files.pinned(url, Digest::of("wrong"));
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().kind == ErrorKind::Verify);
    CHECK(wrong.error().message.starts_with(url + " is not the file that its checksum names"));
    CHECK_FALSE(world.store->blobs().size(Digest::of("wrong")));
}

TEST_CASE("what passes is tried again; each attempt begins anew") {
    int asked = 0;
    World world([&](const Request&) {
        ++asked;
        if (asked == 1) return Answer{503};
        return asked == 2 ? Answer{200, {}, "half and half", {}, 4} : Answer{200, {}, "half and half"};
    });
    UrlFiles files = world.files();
    CHECK(world.content(files.current(world.server.url("/f"))) == "half and half");
    CHECK(asked == 3);
}

TEST_CASE("what does not pass is an error with the address, and none of its secrets") {
    World world([](const Request& request) {
        return Answer{header(request, "authorization") == "Basic bWU6aXQncyBtZQ==" ? 200 : 403, {}, "x"};
    });
    UrlFiles files = world.files();
    const auto refused = files.current("http://me:wrong@" + world.server.host() + "/f?token=secret");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Registry);
    CHECK(refused.error().message == "cannot get " + world.server.url("/f") + ": the server answers 403 Forbidden");
    CHECK(world.content(files.current("http://me:it%27s%20me@" + world.server.host() + "/f")) == "x");
    CHECK(world.content(files.current("http://me:it%27s%20me@" + world.server.host() + "/a b\xc3\xbc")) == "x");
    CHECK(world.server.requests().back().target == "/a%20b%C3%BC");
}

TEST_CASE("offline, what the store has counts") {
    World world([](const Request&) { return Answer{200, {}, "x"}; });
    const std::string url = world.server.url("/f");
    CHECK(world.content(world.files(true).current(url)) == url + " would be fetched from the network, and --offline forbids it");
    REQUIRE(world.files().current(url));
    CHECK(world.content(world.files(true).current(url)) == "x");
    CHECK(world.content(world.files(true).pinned(url, Digest::of("x"))) == "x");
    CHECK(world.server.count("/f") == 1);
}
