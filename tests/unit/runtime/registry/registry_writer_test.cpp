// Pushing: what is sent and what is not, and what becomes of it where a registry or the way to it fails.
#include "runtime/registry/registry_writer.h"

#include "runtime/store/blob_store.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/runtime/registry/push_registry.h"

#include <doctest/doctest.h>

using namespace mabplan;
using namespace mabplan::runtime;
using tests::Answer;
using tests::PushRegistry;
using tests::Request;

namespace {

struct Pushing {
    Pushing() {
        REQUIRE(make_directories(folder / "blobs/sha256"));
        REQUIRE(make_directories(folder / "tmp"));
        options.limits.first_pause = options.limits.longest_pause = std::chrono::milliseconds(1);
        options.trust.host_folders.clear();
        options.hosts[registry.host()].http = true;
    }
    // A blob of so many bytes, in the store.
    OutgoingBlob blob(std::size_t size, char fill = 'x') {
        const std::string bytes(size, fill);
        OutgoingBlob out;
        out.descriptor = {std::string(media_type::kLayerGzip), Digest::of(bytes), bytes.size(), {}, {}};
        REQUIRE(store.put(out.descriptor.digest, bytes));
        out.open = [this, digest = out.descriptor.digest](std::uint64_t offset) { return store.open_at(digest, offset); };
        return out;
    }
    Reference to(const std::string& repository = "team/app") const { return {registry.host(), repository, "1", {}}; }
    bool has(const OutgoingBlob& blob, const std::string& repository = "team/app") const {
        const auto found = registry.blobs.find(repository + "@" + blob.descriptor.digest.text());
        return found != registry.blobs.end() && Digest::of(found->second) == blob.descriptor.digest;
    }
    // Answers the first request that a test of it is true for.
    void once(const std::function<bool(const Request&)>& is_meant, const Answer& answer) {
        registry.instead = [=, done = false](const Request& request) mutable -> std::optional<Answer> {
            if (done || !is_meant(request)) return std::nullopt;
            done = true;
            return answer;
        };
    }
    static std::function<bool(const Request&)> method(const std::string& name) {
        return [name](const Request& request) { return request.method == name; };
    }

    PushRegistry registry;
    tests::TemporaryDirectory folder;
    BlobStore store{folder.path(), folder / "tmp"};
    RegistryOptions options;
    RegistryWriter writer() { return RegistryWriter(std::make_shared<RegistrySession>(options)); }
};

constexpr std::size_t kSmall = 1000, kLarge = (5U << 20U) + 17;

}  // namespace

TEST_CASE("a small blob goes in one request, a large one as a stream and its commit") {
    for (const std::size_t size : {std::size_t{0}, kSmall, kLarge}) {
        Pushing it;
        const OutgoingBlob blob = it.blob(size);
        std::vector<std::uint64_t> told;
        CHECK(it.writer()
                  .put_blob(it.to(), blob,
                            [&](std::uint64_t done, std::optional<std::uint64_t> total) {
                                CHECK(total == size);
                                told.push_back(done);
                            })
                  .value() == HowPushed::Sent);
        CHECK(it.has(blob));
        CHECK(it.registry.count("PATCH") == (size == kLarge ? 1 : 0));
        CHECK(it.registry.count("PUT") == 1);
        REQUIRE_FALSE(told.empty());
        CHECK(told.back() == size);
        CHECK(std::is_sorted(told.begin(), told.end()));
    }
}

TEST_CASE("what is there is not sent, and asked for once") {
    Pushing it;
    OutgoingBlob blob = it.blob(kSmall);
    it.registry.blobs["team/app@" + blob.descriptor.digest.text()] = std::string(kSmall, 'x');
    blob.open = [](std::uint64_t) -> Result<std::unique_ptr<ByteSource>> { return fail(ErrorKind::Internal, "nobody wants it"); };
    RegistryWriter writer = it.writer();
    CHECK(writer.put_blob(it.to(), blob).value() == HowPushed::WasThere);
    CHECK(writer.put_blob(it.to(), blob).value() == HowPushed::WasThere);
    CHECK(it.registry.server().requests().size() == 1);
}

TEST_CASE("a blob that another repository of the registry has is mounted") {
    Pushing it;
    OutgoingBlob blob = it.blob(kLarge);
    it.registry.blobs["base/image@" + blob.descriptor.digest.text()] = std::string(kLarge, 'x');
    SUBCASE("as whoever pushes knows") {
        blob.elsewhere = {"base/image"};
        blob.open = [](std::uint64_t) -> Result<std::unique_ptr<ByteSource>> { return fail(ErrorKind::Internal, "nobody wants it"); };
        CHECK(it.writer().put_blob(it.to(), blob).value() == HowPushed::Mounted);
    }
    SUBCASE("as was learned by pushing there") {
        RegistryWriter writer = it.writer();
        CHECK(writer.put_blob(it.to("base/image"), blob).value() == HowPushed::WasThere);
        CHECK(writer.put_blob(it.to(), blob).value() == HowPushed::Mounted);
    }
    SUBCASE("and sent into the upload that was opened in its place") {
        blob.elsewhere = {"base/image"};
        it.registry.mounts = false;
        CHECK(it.writer().put_blob(it.to(), blob).value() == HowPushed::Sent);
        CHECK(it.registry.count("POST") == 1);
    }
    SUBCASE("and sent where mounting is refused") {
        blob.elsewhere = {"base/image"};
        it.once([](const Request& request) { return request.target.find("mount=") != std::string::npos; }, {.status = 403});
        CHECK(it.writer().put_blob(it.to(), blob).value() == HowPushed::Sent);
    }
    CHECK(it.has(blob));
}

TEST_CASE("a failure that may pass is tried again, from where the registry is") {
    Pushing it;
    const OutgoingBlob blob = it.blob(kLarge);
    std::size_t patches = 1;
    SUBCASE("503 to the begin") { it.once(Pushing::method("POST"), {.status = 503}); }
    SUBCASE("503 to the stream") {
        it.once(Pushing::method("PATCH"), {.status = 503});
        patches = 2;
    }
    SUBCASE("503 to the commit") {
        it.once(Pushing::method("PUT"), {.status = 503});
        patches = 2;
    }
    SUBCASE("the upload is forgotten") {
        it.once(Pushing::method("PUT"), {.status = 404});
        patches = 2;
    }
    SUBCASE("the connection breaks behind the stream, which arrived") {
        it.registry.instead = [&it, done = false](const Request& request) mutable -> std::optional<Answer> {
            if (done || request.method != "PATCH") return std::nullopt;
            done = true;
            it.registry.uploads["1"] = request.body;
            return Answer{.body = "", .raw = true};
        };
    }
    SUBCASE("the connection breaks within the stream") {
        it.registry.instead = [&it, done = false](const Request& request) mutable -> std::optional<Answer> {
            if (done || request.method != "PATCH") return std::nullopt;
            done = true;
            it.registry.uploads["1"] = request.body.substr(0, 3U << 20U);
            return Answer{.body = "", .raw = true};
        };
        patches = 2;
    }
    CHECK(it.writer().put_blob(it.to(), blob).value() == HowPushed::Sent);
    CHECK(it.has(blob));
    CHECK(it.registry.count("PATCH") == patches);
}

TEST_CASE("where a body is too large, smaller ones are sent") {
    Pushing it;
    const OutgoingBlob blob = it.blob(40U << 20U);
    it.registry.instead = [](const Request& request) -> std::optional<Answer> {
        if (request.body.size() > (16U << 20U)) return Answer{.status = 413, .body = "<html>nginx</html>"};
        return std::nullopt;
    };
    CHECK(it.writer().put_blob(it.to(), blob).value() == HowPushed::Sent);
    CHECK(it.has(blob));
    CHECK(it.registry.count("PATCH") >= 5);
}

TEST_CASE("what is refused for good is an error with the registry's words") {
    Pushing it;
    const OutgoingBlob blob = it.blob(kSmall);
    const auto error = [&](int status, const std::string& body) {
        it.registry.instead = [=](const Request& request) -> std::optional<Answer> {
            if (request.method != "POST") return std::nullopt;
            return Answer{.status = status, .body = body};
        };
        return it.writer().put_blob(it.to(), blob).error();
    };
    const Error denied = error(403, R"({"errors":[{"code":"DENIED","message":"no"}]})");
    CHECK(denied.kind == ErrorKind::Registry);
    CHECK(denied.message.find("cannot push the blob") != std::string::npos);
    CHECK(denied.message.find("DENIED: no") != std::string::npos);
    CHECK(denied.hint.find("do not allow to push") != std::string::npos);
    CHECK(error(500, "").message.find("500") != std::string::npos);
    CHECK(it.registry.blobs.empty());
}

TEST_CASE("bytes that are not what their digest says never become a blob there") {
    for (const std::size_t size : {kSmall, kLarge}) {
        Pushing it;
        const OutgoingBlob blob = it.blob(size);
        SUBCASE("other bytes") { REQUIRE(write_file(it.store.path(blob.descriptor.digest), std::string(size, 'y'))); }
        SUBCASE("fewer") { REQUIRE(write_file(it.store.path(blob.descriptor.digest), std::string(size - 1, 'x'))); }
        CHECK(it.writer().put_blob(it.to(), blob).error().kind == ErrorKind::Verify);
        CHECK(it.registry.blobs.empty());
    }
}

TEST_CASE("an upload goes on only where it is safe") {
    const auto next = [](const std::string& asked, const std::string& location) {
        const auto url = upload_location(parse_url(asked).value(), HttpResponse{202, {{"location", location}}, {}});
        return url ? format_url(*url) : url.error().message;
    };
    CHECK(next("https://reg.io/v2/a/blobs/uploads/", "/v2/a/blobs/uploads/1?x=%3D") == "https://reg.io/v2/a/blobs/uploads/1?x=%3D");
    CHECK(next("https://reg.io/v2/a/blobs/uploads/", "https://cdn.io/1") == "https://cdn.io/1");
    CHECK(next("https://reg.io/v2/a/blobs/uploads/", "http://reg.io/1") == "https://reg.io/1");
    CHECK(next("https://reg.io:8443/v2/a/", "http://reg.io/1") == "https://reg.io:8443/1");
    CHECK(next("https://reg.io/v2/a/", "http://cdn.io/1") == "reg.io takes uploads at http://cdn.io/1: from https to http is refused");
    CHECK(next("https://reg.io/v2/a/", "https://169.254.169.254/1").ends_with("from a public host to a private address is refused"));
    CHECK(next("https://reg.io/v2/a/", "") == "reg.io does not say where to send the bytes (no Location)");
    CHECK(next("https://reg.io/v2/a/", "file:///etc/passwd").find("only http and https") != std::string::npos);
}

TEST_CASE("an upload that is sent on to another host takes no proof along") {
    Pushing it;
    PushRegistry other;
    other.uploads["9"];
    const OutgoingBlob blob = it.blob(kSmall);
    it.options.credentials.given = Credentials{"me", "secret", {}};
    it.registry.instead = [&](const Request& request) -> std::optional<Answer> {
        if (!request.headers.contains("authorization")) return Answer{401, {{"WWW-Authenticate", "Basic realm=\"x\""}}};
        if (request.method == "POST") return Answer{202, {{"Location", "http://" + other.host() + "/v2/team/app/blobs/uploads/9"}}};
        return std::nullopt;
    };
    CHECK(it.writer().put_blob(it.to(), blob).value() == HowPushed::Sent);
    REQUIRE(other.server().requests().size() == 1);
    CHECK_FALSE(other.server().requests().front().headers.contains("authorization"));
}

TEST_CASE("manifests go by tag or by digest, and are found again") {
    Pushing it;
    RegistryWriter writer = it.writer();
    const std::string bytes = R"({"schemaVersion":2})";
    CHECK_FALSE(writer.find_manifest(it.to()).value());
    REQUIRE(writer.put_manifest(it.to(), media_type::kIndex, bytes));
    CHECK(writer.find_manifest(it.to()).value() == Digest::of(bytes));
    Reference untagged = it.to();
    untagged.tag.clear();
    REQUIRE(writer.put_manifest(untagged, media_type::kIndex, bytes));
    CHECK(it.registry.manifests.contains("team/app@" + Digest::of(bytes).text()));
    CHECK(it.registry.server().requests()[1].headers.at("content-type") == media_type::kIndex);
}

TEST_CASE("a manifest that the registry keeps as another one, or refuses, is an error") {
    Pushing it;
    const auto error = [&](const Answer& answer) {
        it.registry.instead = [=](const Request&) { return std::optional(answer); };
        return it.writer().put_manifest(it.to(), media_type::kManifest, "{}").error();
    };
    CHECK(error({201, {{"Docker-Content-Digest", Digest::of("other").text()}}}).kind == ErrorKind::Verify);
    const Error unknown = error({400, {}, R"({"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown"}]})"});
    CHECK(unknown.kind == ErrorKind::Registry);
    CHECK(unknown.message.find("MANIFEST_BLOB_UNKNOWN") != std::string::npos);
}

TEST_CASE("a token is asked for what is to be done, and for what is mounted from") {
    const auto scopes = [](const std::string& actions, const std::string& also) {
        return token_scopes({parse_url("https://reg.io/").value(), "reg.io", "team/app", actions, also});
    };
    using Texts = std::vector<std::string>;
    CHECK(scopes("pull", "") == Texts{"repository:team/app:pull"});
    CHECK(scopes("pull,push", "base/image") == Texts{"repository:team/app:pull,push", "repository:base/image:pull"});
    CHECK(scopes("pull,push", "team/app") == Texts{"repository:team/app:pull,push"});
}
