#include "runtime/registry/registry_client.h"
#include "plans/base/base64.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/http/http_server.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <ctime>
#include <thread>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::Answer;
using tests::HttpServer;
using tests::Request;

namespace {

// A store, a client that does not wait long, and a blob to ask for.
struct Bench {
    tests::TemporaryDirectory folder;
    BlobStore store{folder.path(), folder / "tmp"};
    std::string bytes = std::string(100'000, 'x') + "end";
    Descriptor blob{std::string(media_type::kLayerGzip), Digest::of(bytes), bytes.size(), {}, {}};
    RegistryOptions options;

    Bench() {
        REQUIRE(make_directories(folder / "blobs/sha256"));
        REQUIRE(make_directories(folder / "tmp"));
        options.limits.first_pause = options.limits.longest_pause = std::chrono::milliseconds(1);
        options.trust.host_folders.clear();
    }
    std::shared_ptr<RegistrySession> session() const { return std::make_shared<RegistrySession>(options); }
    Reference reference(const std::string& host, const std::string& rest = "/team/app:1") const {
        return parse_reference(host + rest).value();
    }
    void plain(const HttpServer& server) { options.hosts[server.host()].http = true; }
    Status fetch(const HttpServer& server) {
        plain(server);
        return RegistryClient(session()).fetch_blob(reference(server.host()), blob, store);
    }
    bool is_clean() const { return !store.size(blob.digest) && list_names(folder / "tmp").value().empty(); }
};

std::string text_of(const Error& error) { return format_error(error); }
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a blob says how far it is, from its begin to its end, and nothing where it is at hand") {
    Bench bench;
    HttpServer server([&](const Request&) { return Answer{.body = bench.bytes}; });
    bench.plain(server);
    RegistryClient client(bench.session());
    std::vector<std::uint64_t> seen;
    const auto progress = [&](std::uint64_t done, std::optional<std::uint64_t> total) {
        CHECK(total == bench.blob.size);
        seen.push_back(done);
    };
    REQUIRE(client.fetch_blob(bench.reference(server.host()), bench.blob, bench.store, progress));
    REQUIRE(seen.size() >= 2);
    CHECK(seen.front() == 0);
    CHECK(seen.back() == bench.blob.size);
    CHECK(std::is_sorted(seen.begin(), seen.end()));
    seen.clear();
    REQUIRE(client.fetch_blob(bench.reference(server.host()), bench.blob, bench.store, progress));
    CHECK(seen.empty());
}

TEST_CASE("a blob is fetched once and verified") {
    Bench bench;
    HttpServer server([&](const Request&) { return Answer{.body = bench.bytes}; });
    REQUIRE(bench.fetch(server));
    CHECK(bench.store.read(bench.blob.digest).value() == bench.bytes);
    REQUIRE(bench.fetch(server));
    CHECK(server.count("/v2/team/app/blobs/" + bench.blob.digest.text()) == 1);
}

TEST_CASE("wrong bytes never become a blob") {
    Bench bench;
    Answer answer;
    HttpServer server([&](const Request&) { return answer; });
    SUBCASE("same length, other bytes") {
        answer.body = std::string(bench.bytes.size(), 'y');
        const Status status = bench.fetch(server);
        CHECK(status.error().kind == ErrorKind::Verify);
        CHECK(has(status.error().message, "the bytes are not what was asked for"));
    }
    SUBCASE("announced too long") {
        answer.body = bench.bytes + "more";
        CHECK(bench.fetch(server).error().kind == ErrorKind::Verify);
    }
    SUBCASE("announced too short") {
        answer.body = "short";
        CHECK(bench.fetch(server).error().message == format("the server announces 5 bytes, expected are {}", bench.bytes.size()));
    }
    SUBCASE("cut every time") {
        answer.body = bench.bytes;
        answer.cut_after = 10;
        CHECK(bench.fetch(server).error().kind == ErrorKind::Registry);
    }
    SUBCASE("a range that was not asked for") {
        answer = Answer{206, {{"Content-Range", format("bytes 0-{}/{}", bench.bytes.size() - 1, bench.bytes.size())}}, bench.bytes};
        CHECK(bench.fetch(server).error().kind == ErrorKind::Verify);
    }
    SUBCASE("no HTTP at all") {
        answer = Answer{.body = "hello", .raw = true};
        CHECK(bench.fetch(server).error().kind == ErrorKind::Registry);
    }
    CHECK(bench.is_clean());
}

TEST_CASE("a broken connection goes on where it broke") {
    Bench bench;
    std::string ranges;
    bool knows_ranges = true;
    HttpServer server([&](const Request& request) {
        const auto range = request.headers.find("range");
        if (range == request.headers.end()) return Answer{.body = bench.bytes, .cut_after = 30'000};
        ranges += range->second + ";";
        const std::size_t start = parse_unsigned(std::string_view(range->second).substr(6, range->second.size() - 7)).value();
        const std::size_t cut = start < 60'000 ? 35'000 : std::string::npos;
        if (!knows_ranges) return Answer{.body = bench.bytes};
        return Answer{206,
                      {{"Content-Range", format("bytes {}-{}/{}", start, bench.bytes.size() - 1, bench.bytes.size())}},
                      bench.bytes.substr(start),
                      std::nullopt,
                      cut};
    });
    SUBCASE("by ranges") {
        REQUIRE(bench.fetch(server));
        CHECK(ranges == "bytes=30000-;bytes=65000-;");
    }
    SUBCASE("from a server that sends all again") {
        knows_ranges = false;
        REQUIRE(bench.fetch(server));
        CHECK(ranges == "bytes=30000-;");
    }
    CHECK(bench.store.read(bench.blob.digest).value() == bench.bytes);
}

TEST_CASE("a connection that stalls is given up and taken up again") {
    Bench bench;
    bench.options.timeouts.stall = std::chrono::seconds(1);
    int calls = 0;
    HttpServer server([&](const Request&) {
        return ++calls == 1 ? Answer{.body = bench.bytes, .cut_after = 5000, .hang = std::chrono::milliseconds(2500)}
                            : Answer{.body = bench.bytes};
    });
    REQUIRE(bench.fetch(server));
    CHECK(server.requests().back().headers.at("range") == "bytes=5000-");
}

TEST_CASE("what may pass is tried again, what will not is told") {
    Bench bench;
    int calls = 0;
    Answer trouble;
    int troubles = 2;
    HttpServer server([&](const Request&) { return ++calls <= troubles ? trouble : Answer{.body = bench.bytes}; });
    SUBCASE("429 with a time to wait") {
        bench.options.limits.longest_pause = std::chrono::milliseconds(1500);
        trouble = Answer{429, {{"Retry-After", "1"}}};
        troubles = 1;
        const auto start = std::chrono::steady_clock::now();
        CHECK(bench.fetch(server));
        CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(950));
    }
    SUBCASE("503 twice") {
        trouble = Answer{503};
        CHECK(bench.fetch(server));
        CHECK(calls == 3);
    }
    SUBCASE("429 for long") {
        trouble = Answer{429,
                         {{"Retry-After", "3600"}, {"RateLimit-Limit", "100;w=21600"}},
                         R"({"errors":[{"code":"TOOMANYREQUESTS","message":"slow"}]})"};
        const Error error = bench.fetch(server).error();
        CHECK(calls == 1);
        CHECK(error.message == format("cannot get the blob {} of {}/team/app:1: {} answers 429 Too Many Requests (TOOMANYREQUESTS: slow) "
                                      "(ratelimit-limit: 100;w=21600) (retry-after: 3600)",
                                      bench.blob.digest.text(), server.host(), server.host()));
        CHECK(error.hint ==
              format(R"(log in with "docker login {0}" for a higher limit, or use a mirror: registries: {{"{0}": {{mirrors: [HOST]}}}} )"
                     "in mabplan.yaml",
                     server.host()));
    }
    SUBCASE("500 for ever") {
        trouble = Answer{500, {}, "<html>\x1b[31mbroken"};
        troubles = 1000;
        const Error error = bench.fetch(server).error();
        CHECK(error.kind == ErrorKind::Registry);
        CHECK(has(error.message, "answers 500 Internal Server Error"));
        CHECK(calls == 6);
    }
    SUBCASE("403 at once") {
        trouble = Answer{403};
        troubles = 1000;
        CHECK_FALSE(bench.fetch(server));
        CHECK(calls == 1);
    }
}

TEST_CASE("Retry-After in seconds and as a date") {
    CHECK(parse_retry_after("120", 0) == std::chrono::seconds(120));
    CHECK(parse_retry_after("Thu, 01 Jan 1970 00:01:40 GMT", 40) == std::chrono::seconds(60));
    CHECK(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", 40) == std::chrono::seconds(0));
    CHECK_FALSE(parse_retry_after("soon", 0));
    CHECK_FALSE(parse_retry_after("", 0));
}

TEST_CASE("a bearer token is fetched once, with credentials where there are any") {
    Bench bench;
    std::string realm;
    HttpServer tokens([&](const Request&) { return Answer{.body = R"({"access_token":"t0k3n","expires_in":300})"}; });
    HttpServer server([&](const Request& request) {
        const auto proof = request.headers.find("authorization");
        if (proof != request.headers.end() && proof->second == "Bearer t0k3n") return Answer{.body = bench.bytes};
        return Answer{401, {{"WWW-Authenticate", "Negotiate"}, {"WWW-Authenticate", format("Bearer realm=\"{}\",service=\"a b\"", realm)}}};
    });
    realm = tokens.url("/token?x=1");
    bench.plain(server);
    const std::string file = bench.folder / "auth.json";
    bench.options.credentials.files = {file};
    SUBCASE("anonymous") {}
    SUBCASE("with a password") {
        REQUIRE(write_file(file, format(R"({{"auths":{{"{}":{{"auth":"{}"}}}}}})", server.host(), to_base64("me:secret"))));
    }
    SUBCASE("with an identity token") {
        REQUIRE(write_file(file, format(R"({{"auths":{{"{}":{{"identitytoken":"r/f"}}}}}})", server.host())));
    }
    RegistryClient client(bench.session());
    const Reference reference = bench.reference(server.host());
    REQUIRE(client.fetch_blob(reference, bench.blob, bench.store));
    REQUIRE(bench.store.remove(bench.blob.digest));
    REQUIRE(client.fetch_blob(reference, bench.blob, bench.store));
    REQUIRE(tokens.requests().size() == 1);
    const Request asked = tokens.requests().front();
    if (!path_exists(file)) CHECK(asked.headers.count("authorization") == 0);
    if (asked.method == "POST") {
        CHECK(asked.body ==
              "grant_type=refresh_token&client_id=mabplan&refresh_token=r%2Ff&service=a%20b&scope=repository%3Ateam%2Fapp%3Apull");
    } else {
        CHECK(asked.target == "/token?x=1&service=a%20b&scope=repository%3Ateam%2Fapp%3Apull");
        if (path_exists(file)) CHECK(asked.headers.at("authorization") == "Basic " + to_base64("me:secret"));
    }
    for (const Request& request : server.requests())
        if (request.headers.count("authorization") != 0) CHECK(request.headers.at("authorization") == "Bearer t0k3n");
}

TEST_CASE("Basic is answered with the password; without one it is told how to log in") {
    Bench bench;
    HttpServer server([&](const Request& request) {
        const auto proof = request.headers.find("authorization");
        if (proof != request.headers.end() && proof->second == "Basic " + to_base64("me:secret")) return Answer{.body = bench.bytes};
        return Answer{401, {{"WWW-Authenticate", "Basic realm=\"x\""}}};
    });
    const std::string file = bench.folder / "auth.json";
    bench.options.credentials.files = {file};
    SUBCASE("with") {
        REQUIRE(write_file(file, format(R"({{"auths":{{"{}":{{"auth":"{}"}}}}}})", server.host(), to_base64("me:secret"))));
        CHECK(bench.fetch(server));
    }
    SUBCASE("without") {
        const Error error = bench.fetch(server).error();
        CHECK(error.kind == ErrorKind::Registry);
        CHECK(has(error.message, "answers 401 Unauthorized"));
        CHECK(has(error.hint, "mabplan login " + server.host()));
        CHECK(server.requests().size() == 1);
    }
    SUBCASE("with a wrong one") {
        REQUIRE(write_file(file, format(R"({{"auths":{{"{}":{{"auth":"{}"}}}}}})", server.host(), to_base64("me:wr0ng"))));
        const Error error = bench.fetch(server).error();
        CHECK_FALSE(has(text_of(error), "wr0ng"));
        CHECK(server.requests().size() == 2);
    }
}

TEST_CASE("a redirect to another host gets no Authorization, and none of its challenges is answered") {
    Bench bench;
    Answer elsewhere;
    HttpServer other([&](const Request&) { return elsewhere; });
    HttpServer server([&](const Request& request) {
        if (request.headers.count("authorization") == 0) return Answer{401, {{"WWW-Authenticate", "Basic"}}};
        return Answer{307, {{"Location", other.url("/signed?sig=abc")}}};
    });
    const std::string file = bench.folder / "auth.json";
    bench.options.credentials.files = {file};
    REQUIRE(write_file(file, format(R"({{"auths":{{"{}":{{"auth":"{}"}}}}}})", server.host(), to_base64("me:secret"))));
    SUBCASE("that has it") {
        elsewhere.body = bench.bytes;
        CHECK(bench.fetch(server));
    }
    SUBCASE("that wants a password") {
        elsewhere = Answer{401, {{"WWW-Authenticate", format("Basic realm=\"{}\"", server.url("/"))}}};
        CHECK_FALSE(bench.fetch(server));
    }
    REQUIRE(!other.requests().empty());
    for (const Request& request : other.requests()) CHECK(request.headers.count("authorization") == 0);
}

TEST_CASE("redirects without end, or to what is no address, are refused") {
    Bench bench;
    std::string location;
    HttpServer server([&](const Request&) { return Answer{302, {{"Location", location}}}; });
    SUBCASE("a loop") {
        location = "/again";
        CHECK(has(bench.fetch(server).error().message, "redirects more than 8 times"));
        CHECK(server.requests().size() == 9);
    }
    SUBCASE("a file") {
        location = "file:///etc/passwd";
        CHECK(has(bench.fetch(server).error().message, "only http and https are"));
    }
}

TEST_CASE("a manifest is what its digest says") {
    Bench bench;
    const std::string manifest = R"({"schemaVersion":2})";
    Answer answer{200, {{"Content-Type", std::string(media_type::kIndex) + "; charset=utf-8"}}, manifest};
    HttpServer server([&](const Request&) { return answer; });
    bench.plain(server);
    RegistryClient client(bench.session());
    SUBCASE("by tag") {
        const FetchedManifest fetched = client.fetch_manifest(bench.reference(server.host())).value();
        CHECK(fetched.digest == Digest::of(manifest));
        CHECK(fetched.media_type == media_type::kIndex);
        CHECK(fetched.bytes == manifest);
        CHECK(server.requests().front().target == "/v2/team/app/manifests/1");
        CHECK(has(server.requests().front().headers["accept"], media_type::kDockerList));
    }
    SUBCASE("by digest") {
        const std::string name = "/team/app:1@" + Digest::of(manifest).text();
        CHECK(client.fetch_manifest(bench.reference(server.host(), name)).has_value());
        CHECK(server.requests().front().target == "/v2/team/app/manifests/" + Digest::of(manifest).text());
    }
    SUBCASE("another one than asked for") {
        const Result<FetchedManifest> wrong = client.fetch_manifest(bench.reference(server.host(), "/team/app@" + Digest::of("z").text()));
        CHECK(wrong.error().kind == ErrorKind::Verify);
    }
    SUBCASE("another one than announced") {
        answer.headers.push_back({"Docker-Content-Digest", Digest::of("z").text()});
        CHECK(client.fetch_manifest(bench.reference(server.host())).error().kind == ErrorKind::Verify);
    }
    SUBCASE("endless") {
        answer.body = std::string((4U << 20U) + 1, ' ');
        CHECK(client.fetch_manifest(bench.reference(server.host())).error().kind == ErrorKind::Verify);
    }
}

TEST_CASE("a tag that is not there: the ones that are") {
    Bench bench;
    HttpServer server([&](const Request& request) {
        if (request.target.find("/tags/list") != std::string::npos)
            return Answer{.body = R"({"name":"team/app","tags":["3.11-slim","3.12"]})"};
        return Answer{404, {}, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"x"}}]})"};
    });
    bench.plain(server);
    const Error error = RegistryClient(bench.session()).fetch_manifest(bench.reference(server.host(), "/team/app:3.11-slin")).error();
    CHECK(error.message ==
          format("cannot get the manifest of {0}/team/app:3.11-slin: {0} answers 404 Not Found (MANIFEST_UNKNOWN: manifest unknown)",
                 server.host()));
    CHECK(error.hint == "did you mean \"3.11-slim\"?");
    CHECK(error.detail == "tags there are: 3.11-slim, 3.12");
}

TEST_CASE("mirrors are asked first, and the host itself where they fail") {
    Bench bench;
    Answer mirrored{404};
    HttpServer mirror([&](const Request&) { return mirrored; });
    HttpServer server([&](const Request&) { return Answer{.body = bench.bytes}; });
    bench.options.hosts[server.host()].mirrors = {"http://" + mirror.host() + "/proxy"};
    SUBCASE("a mirror that has nothing") {
        CHECK(bench.fetch(server));
        CHECK(server.requests().size() == 1);
    }
    SUBCASE("a mirror that lies") {
        mirrored = Answer{.body = std::string(bench.bytes.size(), 'z')};
        CHECK(bench.fetch(server));
    }
    SUBCASE("a mirror that has it") {
        mirrored = Answer{.body = bench.bytes};
        CHECK(bench.fetch(server));
        CHECK(server.requests().empty());
        CHECK(mirror.count("/v2/proxy/team/app/blobs/") == 1);
    }
    CHECK(bench.store.read(bench.blob.digest).value() == bench.bytes);
}

TEST_CASE("a loopback host of which nothing is said is asked over plain http") {
    Bench bench;
    HttpServer server([&](const Request&) { return Answer{.body = bench.bytes}; });
    CHECK(RegistryClient(bench.session()).fetch_blob(bench.reference(server.host()), bench.blob, bench.store));
}

TEST_CASE("plain http where https was meant, and nobody there") {
    Bench bench;
    std::string host;
    {
        HttpServer server([&](const Request&) { return Answer{}; });
        host = server.host();
        bench.options.hosts[host].ca = {"/dev/null"};
        const Error error = RegistryClient(bench.session()).fetch_manifest(bench.reference(host)).error();
        CHECK(error.kind == ErrorKind::Registry);
    }
    bench.options.hosts.clear();
    bench.options.hosts[host].http = true;
    const Error error = RegistryClient(bench.session()).fetch_manifest(bench.reference(host)).error();
    CHECK(error.kind == ErrorKind::Registry);
    CHECK(has(error.message, "Connection refused"));
    CHECK(has(text_of(error), host + "/team/app:1"));
}

TEST_CASE("an interrupt ends waiting and fetching") {
    Bench bench;
    std::atomic<int> calls{0};
    HttpServer server([&](const Request&) {
        ++calls;
        return Answer{503};
    });
    bench.options.limits.first_pause = bench.options.limits.longest_pause = std::chrono::seconds(30);
    bench.options.stop = [&] { return calls > 0; };
    CHECK(bench.fetch(server).error().kind == ErrorKind::Interrupted);
    CHECK(calls == 1);
    CHECK(bench.is_clean());
}

TEST_CASE("several threads fetch with one client") {
    Bench bench;
    std::vector<std::string> bodies;
    for (const char* name : {"one", "two", "three", "four"}) bodies.push_back(bench.bytes + name);
    HttpServer server([&](const Request& request) {
        if (request.target.starts_with("/token")) return Answer{.body = R"({"token":"t"})"};
        if (request.headers.count("authorization") == 0)
            return Answer{401, {{"WWW-Authenticate", "Bearer realm=\"http://" + request.headers.at("host") + "/token\""}}};
        for (const std::string& body : bodies)
            if (request.target.ends_with(Digest::of(body).hex())) return Answer{.body = body};
        return Answer{404};
    });
    RegistryClient client(bench.session());
    std::vector<std::thread> threads;
    for (const std::string& body : bodies)
        threads.emplace_back([&] {
            const Descriptor blob{std::string(media_type::kLayer), Digest::of(body), body.size(), {}, {}};
            static_cast<void>(client.fetch_blob(bench.reference(server.host()), blob, bench.store));
        });
    for (std::thread& thread : threads) thread.join();
    for (const std::string& body : bodies) CHECK(bench.store.size(Digest::of(body)) == body.size());
}

TEST_CASE("the tags of a repository come by pages, and sorted; one that has none any more has none") {
    Bench bench;
    bool is_endless = false;
    int pages = 0;
    HttpServer server([&](const Request& request) {
        if (request.target.find("/v2/team/none/") == 0) return Answer{.body = R"({"name":"team/none","tags":null})"};
        const bool is_first = request.target.find("last=") == std::string::npos;
        Answer answer{.body = is_first ? R"({"tags":["c","a"]})" : R"({"tags":["b"]})"};
        if (is_endless && !is_first) answer.body = format(R"({{"tags":["n{}"]}})", ++pages);
        if (is_first || is_endless) answer.headers.emplace_back("Link", "</v2/team/app/tags/list?last=c&n=2>; rel=\"next\"");
        return answer;
    });
    bench.plain(server);
    RegistryClient client(bench.session());
    CHECK(client.list_tags(bench.reference(server.host())).value() == std::vector<std::string>{"a", "b", "c"});
    CHECK(client.list_tags(bench.reference(server.host(), "/team/none")).value().empty());
    is_endless = true;  // with something new each time; without, it ends by itself
    CHECK(has(text_of(client.list_tags(bench.reference(server.host())).error()), "go on for more than 1000 pages"));
}
