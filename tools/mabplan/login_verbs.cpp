// login, logout.
#include "plans/base/format.h"
#include "plans/base/text.h"
#include "plans/oci/reference.h"
#include "runtime/registry/login.h"
#include "tools/mabplan/error_report.h"
#include "tools/mabplan/interrupts.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/registries.h"
#include "tools/mabplan/verbs.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace mabplan::tools {

namespace {

// "index.docker.io", "https://registry.lan:5000/": the host alone.
Result<std::string> domain_of(std::string text) {
    for (const std::string_view scheme : {"https://", "http://"})
        if (text.starts_with(scheme)) text.erase(0, scheme.size());
    text.resize(std::min(text.find('/'), text.size()));
    if (text.empty() || text == "index.docker.io" || text == "registry-1.docker.io") return std::string("docker.io");
    const auto reference = parse_reference(text + "/image");
    if (!reference || reference->domain != text)
        return fail(ErrorKind::Input, format("{} is no registry", quoted(text)),
                    "write its host, with a port if it has one: registry.lan:5000");
    return text;
}

// Without showing what is typed.
class Unseen {
public:
    Unseen() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_quiet_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    }
    ~Unseen() {
        if (is_quiet_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;

private:
    termios before_{};
    bool is_quiet_ = false;
};

std::string read_line(const char* question) {
    std::fputs(question, stderr);
    std::string line;
    std::getline(std::cin, line);
    return line;
}

// A stop ends what is asked for.
Result<runtime::Credentials> ask_for_credentials(const LoginOptions& options, const runtime::Stop& stop) {
    runtime::Credentials credentials;
    credentials.user = options.user;
    const bool terminal = ::isatty(STDIN_FILENO) != 0;
    if (credentials.user.empty() && options.password_stdin) return input_error("--password-stdin needs a user: -u USER");
    if (options.password_stdin && !options.password.empty()) return input_error("--password and --password-stdin exclude each other");
    if (!options.password.empty()) std::fputs("warning: --password can be seen by others of this host: use --password-stdin\n", stderr);
    if (!options.password.empty() && credentials.user.empty()) return input_error("--password needs a user: -u USER");
    if (!options.password_stdin && options.password.empty() && !terminal)
        return fail(ErrorKind::Input, "there is no terminal to ask for a password",
                    "printf %s \"$PASSWORD\" | mabplan login -u USER --password-stdin HOST");
    if (credentials.user.empty()) credentials.user = read_line("Username: ");
    MABPLAN_CHECK(runtime::go_on(&stop));
    if (options.password_stdin) {
        std::string all((std::istreambuf_iterator<char>(std::cin)), std::istreambuf_iterator<char>());
        while (all.ends_with('\n') || all.ends_with('\r')) all.pop_back();
        credentials.password = std::move(all);
    } else if (!options.password.empty()) {
        credentials.password = options.password;
    } else {
        const Unseen unseen;
        credentials.password = read_line("Password: ");
        std::fputs("\n", stderr);
    }
    MABPLAN_CHECK(runtime::go_on(&stop));
    if (credentials.user.empty() || credentials.password.empty()) return input_error("a user and a password are needed");
    if (credentials.user.find(':') != std::string::npos) return input_error("a user name has no colon (RFC 7617)");
    return credentials;
}

Status login(const LoginOptions& options, const runtime::Stop& stop) {
    MABPLAN_TRY(domain, domain_of(options.registry));
    const runtime::HelperSurroundings helpers = helper_surroundings(&stop);
    if (options.leave) {
        MABPLAN_TRY(was_there, runtime::forget_credentials(login_file(), helpers, domain));
        std::fputs(format("{} {}\n", was_there ? "logged out of" : "not logged in to", domain).c_str(), stderr);
        return {};
    }
    MABPLAN_TRY(credentials, ask_for_credentials(options, stop));
    runtime::RegistryOptions asking;
    asking.all_insecure = options.network.insecure;
    asking.trust.bundle = ProcessEnvironment().get("SSL_CERT_FILE").value_or("");
    asking.stop = helpers.stop;
    asking.credentials.given = credentials;
    runtime::RegistrySession session(std::move(asking));
    MABPLAN_CHECK(runtime::try_credentials(session, domain));
    MABPLAN_TRY(where, runtime::keep_credentials(login_file(), helpers, domain, credentials));
    std::fputs(format("logged in to {}: kept in {}\n", domain, where).c_str(), stderr);
    return {};
}

}  // namespace

int login_verb(const LoginOptions& options) {
    if (auto moved = change_directory(options.common.directory); !moved) return report(moved.error());
    Interrupts interrupts;
    return report(login(options, interrupts.stop()));
}

}  // namespace mabplan::tools
