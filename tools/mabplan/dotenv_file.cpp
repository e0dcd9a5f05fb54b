#include "tools/mabplan/dotenv_file.h"

#include "plans/base/text.h"
#include "runtime/sys/file.h"
#include "tools/mabplan/surroundings.h"
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

Checked<std::map<std::string, std::string>> variables_for_secrets(const Plan& plan, const std::string& root) {
    std::vector<std::string> lacking;
    for (const SecretSource& secret : plan.secrets)
        if (secret.environment && !ProcessEnvironment().get(*secret.environment)) lacking.push_back(*secret.environment);
    std::map<std::string, std::string> variables;
    if (lacking.empty()) return variables;
    auto file = read_dotenv(root);
    if (!file) return tl::unexpected(std::move(file).error());
    for (const std::string& name : lacking)
        if (const auto value = file->values.find(name); value != file->values.end()) variables.insert(*value);
    return variables;
}

}  // namespace mabplan::tools
