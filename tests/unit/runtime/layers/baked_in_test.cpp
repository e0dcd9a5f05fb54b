// Identities and credentials are found by path and content, and what only looks like them is not.
#include "runtime/layers/baked_in.h"

#include <doctest/doctest.h>

#include <string>

using namespace mabplan;
using namespace mabplan::runtime;

namespace {

std::string kind_of(const std::string& path, const std::string& content) {
    BakedInFiles files;
    files.see(path, content);
    if (files.found().empty()) return "";
    CHECK(files.found().front().path == "/" + path);
    return files.found().front().kind;
}

// never a real key: what stands in a key file, without its meaning
std::string key(const std::string& label) {
    return "-----BEGIN " + label + "-----\n" + std::string(64, 'A') + "\n-----END " + label + "-----\n";
}

}  // namespace

TEST_CASE("identities") {
    CHECK(kind_of("etc/ssh/ssh_host_ed25519_key", key("OPENSSH PRIVATE KEY")) == baked::kHostKey);
    CHECK(kind_of("etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAA root@x\n") == "");
    CHECK(kind_of("etc/machine-id", "0123456789abcdef0123456789abcdef\n") == baked::kMachineId);
    CHECK(kind_of("var/lib/dbus/machine-id", "0123456789abcdef0123456789abcdef\n") == baked::kMachineId);
    CHECK(kind_of("etc/machine-id", "uninitialized\n") == "");
    CHECK(kind_of("srv/etc/machine-id", "0123456789abcdef0123456789abcdef\n") == "");
}

TEST_CASE("private keys, where they are not material of tests and examples") {
    for (const char* label : {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"})
        CHECK_MESSAGE(kind_of("root/.ssh/id", key(label)) == baked::kPrivateKey, label);
    CHECK(kind_of("etc/ssl/private/ssl-cert-snakeoil.key", key("PRIVATE KEY")) == baked::kPrivateKey);
    CHECK(kind_of("etc/haproxy.pem", key("CERTIFICATE") + key("PRIVATE KEY")) == baked::kPrivateKey);
    CHECK(kind_of("usr/src/app/server.pem", key("PRIVATE KEY")) == baked::kPrivateKey);
    CHECK(kind_of("app/a.key", "-----BEGIN RSA PRIVATE KEY-----\r\n" + std::string(64, 'A') + "\r\n") == baked::kPrivateKey);
    CHECK(kind_of("app/a.key", key("ENCRYPTED PRIVATE KEY")) == "");
    CHECK(kind_of("app/a.pub", key("PUBLIC KEY")) == "");
    CHECK(kind_of("app/a.crt", key("CERTIFICATE")) == "");
    CHECK(kind_of("app/check.c", "if (strstr(x, \"-----BEGIN PRIVATE KEY-----\\n\"))\n") == "");
    CHECK(kind_of("app/readme", "-----BEGIN PRIVATE KEY-----\n<your key here>\n") == "");
    CHECK(kind_of("app/readme", "-----BEGIN PRIVATE KEY-----") == "");
    CHECK(kind_of("usr/lib/python3/test/keycert.pem", key("PRIVATE KEY")) == "");
    CHECK(kind_of("app/node_modules/x/key.pem", key("PRIVATE KEY")) == "");
    CHECK(kind_of("app/tests/key.pem", key("PRIVATE KEY")) == "");
    CHECK(kind_of("tests", key("PRIVATE KEY")) == baked::kPrivateKey);
    CHECK(kind_of("app/blob", std::string(200000, 'x') + "\n" + key("PRIVATE KEY")) == "");
}

TEST_CASE("credentials of npm, pip, git and others") {
    CHECK(kind_of("root/.npmrc", "//r/:_authToken=abc\n") == baked::kCredentials);
    CHECK(kind_of("root/.npmrc", "//r/:_authToken = abc\n") == baked::kCredentials);
    CHECK(kind_of("root/.npmrc", "//r/:_authToken=${NPM_TOKEN}\n") == "");
    CHECK(kind_of("root/.npmrc", "fund=false\n") == "");
    CHECK(kind_of("app/x.npmrc", "//r/:_authToken=abc\n") == "");
    CHECK(kind_of("etc/pip.conf", "[global]\nindex-url = https://me:word@host/simple\n") == baked::kCredentials);
    CHECK(kind_of("root/.config/pip/pip.conf", "index-url = https://host/simple\n") == "");
    CHECK(kind_of("etc/pip.conf", "index-url = https://me:${WORD}@host/simple\n") == "");
    CHECK(kind_of("etc/pip.conf", "# http://host:80/path user@host\n") == "");
    CHECK(kind_of("root/.pypirc", "[pypi]\nusername = __token__\npassword = pypi-x\n") == baked::kCredentials);
    CHECK(kind_of("root/.git-credentials", "https://me:word@host\n") == baked::kCredentials);
    CHECK(kind_of("src/.git/config", "[remote \"origin\"]\n\turl = https://me:word@host/r.git\n") == baked::kCredentials);
    CHECK(kind_of("src/.git/config", "[remote \"origin\"]\n\turl = https://host/r.git\n") == "");
    CHECK(kind_of("src/.git/config", "[remote \"origin\"]\n\turl = https://git@host/r.git\n") == "");
    CHECK(kind_of("src/.git/config", "[remote \"origin\"]\n\turl = https://abcdefghij0123456789@host/r.git\n") == baked::kCredentials);
    CHECK(kind_of("root/.gitconfig", "[http]\n\textraheader = AUTHORIZATION: basic abc\n") == baked::kCredentials);
    CHECK(kind_of("root/.netrc", "machine host login me password word\n") == baked::kCredentials);
    CHECK(kind_of("root/.docker/config.json", R"({"auths":{"r":{"auth":"abc"}}})") == baked::kCredentials);
    CHECK(kind_of("root/.docker/config.json", R"({"auths":{}})") == "");
    CHECK(kind_of("root/.aws/credentials", "aws_secret_access_key = x\n") == baked::kCredentials);
    CHECK(kind_of("root/.aws/credentials", "aws_secret_access_key =\n") == "");
}
