#include "runtime/http/trust.h"

#include "plans/base/format.h"
#include "plans/base/text.h"
#include "runtime/sys/file.h"

namespace mabplan::runtime {

namespace {

constexpr std::uint64_t kMaxBytes = 16U << 20U;
constexpr const char* kSystemBundle = "/etc/ssl/certs/ca-certificates.crt";

std::vector<std::string> find_files(const TrustSettings& settings, const std::string& host) {
    std::vector<std::string> files;
    if (const auto found = settings.ca_files.find(host); found != settings.ca_files.end()) files = found->second;
    const std::string folder = format("{}/{}", settings.host_folders, host);
    if (settings.host_folders.empty() || !is_directory(folder)) return files;
    const auto names = list_names(folder);
    if (!names) return files;
    for (const std::string& name : *names)
        if (name.ends_with(".crt")) files.push_back(folder + "/" + name);
    return files;
}

// As docker reads its folder: a certificate NAME.cert belongs to the key NAME.key.
Result<ClientCertificate> find_own(const TrustSettings& settings, const std::string& host) {
    if (const auto found = settings.certificates.find(host); found != settings.certificates.end()) {
        for (const std::string& file : {found->second.certificate, found->second.key})
            if (!path_exists(file)) return input_error(format("the file {} for {} is not there", quoted(file), host));
        return found->second;
    }
    const std::string folder = format("{}/{}", settings.host_folders, host);
    if (settings.host_folders.empty() || !is_directory(folder)) return ClientCertificate{};
    MABPLAN_TRY(names, list_names(folder));
    for (const std::string& name : names) {
        if (!name.ends_with(".cert")) continue;
        const std::string key = name.substr(0, name.size() - std::string_view(".cert").size()) + ".key";
        if (!path_exists(folder + "/" + key)) return input_error(format("{}/{} has no key beside it: expected {}", folder, name, key));
        return ClientCertificate{folder + "/" + name, folder + "/" + key};
    }
    return ClientCertificate{};
}

Result<std::string> read_authorities(const TrustSettings& settings, const std::string& host) {
    const std::vector<std::string> files = find_files(settings, host);
    if (files.empty() && settings.bundle.empty()) return std::string();
    std::string pem;
    for (const std::string& file : files) {
        Result<std::string> text = read_file(file, kMaxBytes);
        if (!text) return pass(std::move(text).error(), format("reading the certificate authorities for {}", host));
        pem += *text + "\n";
    }
    if (!settings.bundle.empty()) {
        Result<std::string> text = read_file(settings.bundle, kMaxBytes);
        if (!text) return pass(std::move(text).error(), "reading the file that SSL_CERT_FILE names");
        pem += *text;
    } else if (path_exists(kSystemBundle)) {
        MABPLAN_TRY(text, read_file(kSystemBundle, kMaxBytes));
        pem += text;
    }
    return pem;
}

}  // namespace

Result<HostTrust> read_trust(const TrustSettings& settings, const std::string& host) {
    HostTrust trust;
    trust.is_verified = !settings.verifies_nobody && !settings.unverified.contains(host);
    MABPLAN_TRY(own, find_own(settings, host));
    trust.own = std::move(own);
    if (!trust.is_verified) return trust;
    MABPLAN_TRY(authorities, read_authorities(settings, host));
    trust.authorities = std::move(authorities);
    return trust;
}

}  // namespace mabplan::runtime
