#include "tools/mabplan/dotenv_file.h"

#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/process.h"
#include "tools/mabplan/text_in_tree.h"

#include <memory>
#include <utility>
#include <vector>

namespace mabplan::tools {

Checked<compiler::Dotenv> read_dotenv(const std::string& root) {
    const std::string path = join_path(root, ".env");
    if (!runtime::path_exists(path) || runtime::is_directory(path)) return compiler::Dotenv{};
    auto text = runtime::read_file(path, kMostTextBytes);
    if (!text) return tl::unexpected(Errors{std::move(text).error()});
    return compiler::parse_dotenv(std::make_shared<SourceText>(".env", *std::move(text)), ProcessEnvironment());
}

Checked<std::map<std::string, std::string>> variables_for_secrets(const Plan& plan, const std::vector<SecretSource>& given,
                                                                  const std::string& root) {
    const ProcessEnvironment environment;
    std::map<std::string, std::string> variables;
    std::vector<std::string> lacking;
    const auto take = [&](const SecretSource& secret) {
        const auto value = secret.environment ? environment.get(*secret.environment) : std::nullopt;
        if (value) variables.emplace(*secret.environment, *value);
        return value.has_value() || !secret.environment;
    };
    for (const SecretSource& secret : given) static_cast<void>(take(secret));
    for (const SecretSource& secret : plan.secrets)
        if (!take(secret)) lacking.push_back(*secret.environment);
    if (lacking.empty()) return variables;
    auto file = read_dotenv(root);
    if (!file) return tl::unexpected(std::move(file).error());
    for (const std::string& name : lacking)
        if (const auto value = file->values.find(name); value != file->values.end()) variables.insert(*value);
    return variables;
}

}  // namespace mabplan::tools
