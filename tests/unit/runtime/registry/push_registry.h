// A registry for writing, played in memory: uploads, mounts and manifests as the distribution specification has them. A test may answer in
// its place.
#pragma once

#include "plans/base/digest.h"
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "tests/unit/runtime/http/http_server.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace mabplan::tests {

class PushRegistry {
public:
    // Asked before the registry itself; nothing: it answers.
    std::function<std::optional<Answer>(const Request&)> instead = [](const Request&) { return std::optional<Answer>(); };

    std::map<std::string, std::string> blobs;      // "repository@sha256:…" -> bytes
    std::map<std::string, std::string> manifests;  // "repository:tag" or "repository@sha256:…"
    std::map<std::string, std::string> uploads;    // by number, what came so far
    bool mounts = true;

    const HttpServer& server() const { return server_; }
    std::string host() const { return server_.host(); }
    // How often a method was used.
    std::size_t count(const std::string& method) const {
        std::size_t number = 0;
        for (const Request& request : server_.requests()) number += request.method == method ? 1 : 0;
        return number;
    }

private:
    Answer answer(const Request& request) {
        if (auto other = instead(request)) return *other;
        const std::size_t query_at = std::min(request.target.find('?'), request.target.size());
        const std::string path = request.target.substr(0, query_at), query = request.target.substr(query_at);
        for (const std::string part : {"/blobs/uploads/", "/blobs/", "/manifests/"}) {
            const std::size_t at = path.find(part);
            if (at == std::string::npos) continue;
            const std::string repository = path.substr(4, at - 4), rest = path.substr(at + part.size());
            if (part == "/blobs/uploads/") return upload(request, repository, rest, query);
            return part == "/blobs/" ? blob(repository, rest) : manifest(request, repository, rest);
        }
        return {.status = 404};
    }

    Answer blob(const std::string& repository, const std::string& digest) const {
        const auto found = blobs.find(repository + "@" + digest);
        return found == blobs.end() ? Answer{.status = 404} : Answer{.status = 200, .body = found->second};
    }

    Answer manifest(const Request& request, const std::string& repository, const std::string& name) {
        const std::string key = repository + (name.starts_with("sha256:") ? "@" : ":") + name;
        if (request.method == "PUT") {
            manifests[key] = request.body;
            return {.status = 201, .headers = {{"Docker-Content-Digest", Digest::of(request.body).text()}}};
        }
        const auto found = manifests.find(key);
        if (found == manifests.end()) return {.status = 404};
        return {.status = 200, .headers = {{"Docker-Content-Digest", Digest::of(found->second).text()}}, .body = found->second};
    }

    static std::string value_in(const std::string& query, const std::string& name) {
        const std::size_t at = query.find(name + "=");
        if (at == std::string::npos) return {};
        std::string value = query.substr(at + name.size() + 1);
        value.resize(std::min(value.find('&'), value.size()));
        if (const std::size_t colon = value.find("%3A"); colon != std::string::npos) value.replace(colon, 3, ":");
        return value;
    }

    Answer upload(const Request& request, const std::string& repository, const std::string& number, const std::string& query) {
        if (request.method == "POST") {
            const auto from = blobs.find(value_in(query, "from") + "@" + value_in(query, "mount"));
            if (mounts && from != blobs.end()) {
                blobs[repository + "@" + value_in(query, "mount")] = from->second;
                return {.status = 201};
            }
            const std::string fresh = std::to_string(++last_);
            uploads[fresh];
            return {.status = 202, .headers = {{"Location", format("/v2/{}/blobs/uploads/{}?state=x", repository, fresh)}}};
        }
        const auto known = uploads.find(number);
        if (known == uploads.end()) return {.status = 404, .body = R"({"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]})"};
        std::string& bytes = known->second;
        if (const auto range = request.headers.find("content-range"); range != request.headers.end())
            if (parse_unsigned(range->second.substr(0, range->second.find('-'))) != bytes.size()) return {.status = 416};
        if (request.method != "GET") bytes += request.body;
        if (request.method != "PUT")
            return {.status = request.method == "GET" ? 204 : 202,
                    .headers = {{"Location", request.target}, {"Range", format("0-{}", bytes.empty() ? 0 : bytes.size() - 1)}}};
        const std::string digest = value_in(query, "digest");
        if (Digest::of(bytes).text() != digest) return {.status = 400, .body = R"({"errors":[{"code":"DIGEST_INVALID"}]})"};
        blobs[repository + "@" + digest] = bytes;
        uploads.erase(known);
        return {.status = 201};
    }

    int last_ = 0;
    HttpServer server_{[this](const Request& request) { return answer(request); }};
};

}  // namespace mabplan::tests
