// Who is told what: redirects, proofs and realms between hosts, played by a transport that records what it is asked.
#include "runtime/http/http_client.h"
#include "plans/base/format.h"
#include "runtime/registry/auth.h"
#include "runtime/sys/file.h"
#include "tests/support/temporary_directory.h"

#include <doctest/doctest.h>

#include <map>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

class PlayedTransport final : public HttpTransport {
public:
    HttpResult exchange(const HttpRequest& request, HttpReceiver& receiver) override {
        asked.push_back(format_url(request.url) + (request.authorization.empty() ? "" : " with " + request.authorization));
        const HttpResponse answer = answers[format_url(request.url)];
        REQUIRE(receiver.begin(answer));
        REQUIRE(receiver.take(answer.body));
        return HttpResponse{answer.status, answer.headers, {}};
    }
    void redirect(const std::string& from, const std::string& to) { answers[from] = HttpResponse{302, {{"location", to}}, {}}; }

    std::map<std::string, HttpResponse> answers;
    std::vector<std::string> asked;
};

HttpResult get(PlayedTransport& transport, const std::string& url) {
    HttpRequest request;
    request.url = parse_url(url).value();
    request.authorization = "Secret";
    return HttpClient(transport, {}, {}).get(request, 1000);
}

std::string why(const HttpResult& result) { return result ? format("answer {}", result->status) : result.error().error.message; }

HttpResponse challenge(const std::string& realm) { return HttpResponse{401, {{"www-authenticate", "Bearer realm=\"" + realm + "\""}}, {}}; }
AuthScope scope(const std::string& url) { return AuthScope{parse_url(url).value(), "reg.io", "app"}; }

}  // namespace

TEST_CASE("a proof goes to its own origin: scheme, host and port") {
    PlayedTransport transport;
    transport.answers["https://cdn.io/b"] = transport.answers["https://reg.io:444/b"] = HttpResponse{200, {}, "x"};
    transport.redirect("https://reg.io/a", "https://reg.io/a2");
    SUBCASE("another host") {
        transport.redirect("https://reg.io/a2", "https://cdn.io/b");
        CHECK(get(transport, "https://reg.io/a")->body == "x");
        CHECK(transport.asked ==
              std::vector<std::string>{"https://reg.io/a with Secret", "https://reg.io/a2 with Secret", "https://cdn.io/b"});
    }
    SUBCASE("another port") {
        transport.redirect("https://reg.io/a2", "https://reg.io:444/b");
        CHECK(get(transport, "https://reg.io/a")->body == "x");
        CHECK(transport.asked.back() == "https://reg.io:444/b");
    }
    SUBCASE("and back again") {
        transport.redirect("https://reg.io/a2", "https://cdn.io/c");
        transport.redirect("https://cdn.io/c", "https://reg.io/d");
        transport.answers["https://reg.io/d"] = HttpResponse{200, {}, "x"};
        CHECK(get(transport, "https://reg.io/a").has_value());
        CHECK(transport.asked.back() == "https://reg.io/d");
    }
}

TEST_CASE("redirects that lower the guard are refused") {
    PlayedTransport transport;
    const auto redirected = [&](const std::string& from, const std::string& to) {
        transport.answers.clear();
        transport.asked.clear();
        transport.redirect(from, to);
        std::string said = why(get(transport, from));
        CHECK(transport.asked.size() == 1);
        return said;
    };
    CHECK(redirected("https://reg.io/a", "http://reg.io/a?sig=x") ==
          "https://reg.io/a redirects to http://reg.io/a: from https to http is refused");
    CHECK(redirected("https://reg.io/a", "https://169.254.169.254/latest") ==
          "https://reg.io/a redirects to https://169.254.169.254/latest: from a public host to a private address is refused");
    for (const char* bad :
         {"https://localhost/", "https://2130706433/", "https://[::ffff:127.0.0.1]/", "https://[fe80::1]/", "//10.0.0.1/x"}) {
        CAPTURE(bad);
        CHECK(redirected("https://reg.io/a", bad).ends_with("from a public host to a private address is refused"));
    }
    CHECK(redirected("https://reg.io/a", "gopher://x/").find("only http and https are") != std::string::npos);
    CHECK(redirected("https://reg.io/a", "") == "answer 302");
}

TEST_CASE("a registry at a private address may stay there") {
    PlayedTransport transport;
    transport.redirect("http://10.0.0.5:5000/a", "http://10.0.0.6/b");
    transport.answers["http://10.0.0.6/b"] = HttpResponse{200, {}, "x"};
    CHECK(get(transport, "http://10.0.0.5:5000/a")->body == "x");
}

TEST_CASE("tokens are fetched only where it is safe to ask") {
    PlayedTransport transport;
    const HttpClient client(transport, {}, {});
    const tests::TemporaryDirectory folder;
    REQUIRE(write_file(folder / "auth.json", R"({"auths":{"reg.io":{"username":"me","password":"secret"}}})"));
    Authenticator authenticator(client, {{folder / "auth.json"}});
    const auto refused = [&](const std::string& registry, const std::string& realm) {
        const Result<std::string> answer = authenticator.answer(scope(registry), challenge(realm), "");
        CHECK(transport.asked.empty());
        return answer ? *answer : answer.error().message;
    };
    CHECK(refused("https://reg.io/", "http://reg.io/token") ==
          "reg.io sends for a token to http://reg.io/token: from https to http is refused");
    CHECK(refused("https://reg.io/", "https://169.254.169.254/token").ends_with("from a public host to a private address is refused"));
    CHECK(refused("https://reg.io/", "file:///etc/passwd").find("only http and https are") != std::string::npos);
    CHECK(refused("https://reg.io/", "").find("only http and https are") != std::string::npos);
}

TEST_CASE("answers of token servers that are no tokens") {
    PlayedTransport transport;
    HttpLimits limits;
    limits.attempts = 1;
    const HttpClient client(transport, limits, {});
    Authenticator authenticator(client, {});
    HttpResponse& answer = transport.answers["https://auth.io/t?service=&scope=repository%3Aapp%3Apull"];
    const auto said = [&](int status, const std::string& body) {
        answer = HttpResponse{status, {}, body};
        const Result<std::string> token = authenticator.answer(scope("https://reg.io/"), challenge("https://auth.io/t"), "");
        return token ? *token : token.error().message;
    };
    CHECK(said(200, R"({"token":"abc"})") == "Bearer abc");
    CHECK(authenticator.authorization(scope("https://reg.io/")) == "Bearer abc");
    CHECK(authenticator.authorization(scope("https://other.io/")).empty());
    CHECK(said(200, R"({"token":"abc\r\nX-Evil: 1"})") == "the answer of https://auth.io/t holds no usable token");
    CHECK(said(200, "{}") == "the answer of https://auth.io/t holds no usable token");
    CHECK(said(200, "<html>").starts_with("the token from auth.io is not valid JSON"));
    CHECK(said(403, R"({"details":"no access"})") == "cannot get the token: auth.io answers 403 Forbidden (no access)");
}

TEST_CASE("the same proof is not sent twice") {
    PlayedTransport transport;
    const HttpClient client(transport, {}, {});
    const tests::TemporaryDirectory folder;
    REQUIRE(write_file(folder / "auth.json", R"({"auths":{"reg.io":{"username":"me","password":"secret"}}})"));
    Authenticator authenticator(client, {{folder / "auth.json"}});
    const HttpResponse basic{401, {{"www-authenticate", "Negotiate"}, {"www-authenticate", "Basic"}}, {}};
    const std::string proof = authenticator.answer(scope("https://reg.io/"), basic, "").value();
    CHECK(proof.starts_with("Basic "));
    CHECK(authenticator.answer(scope("https://reg.io/"), basic, proof).value().empty());
    CHECK(authenticator.answer(scope("https://reg.io/"), HttpResponse{401, {}, {}}, "").value().empty());
}
