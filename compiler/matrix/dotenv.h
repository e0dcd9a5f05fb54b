// The .env file beside a mabplan.yaml, as compose reads its own (compose-go, dotenv): names and values of variables for `${…}`, for
// arguments without a value and for secrets. Knows the text; does not know where it lies.
#pragma once

#include "compiler/matrix/matrix.h"
#include "compiler/ports/environment.h"

#include <map>
#include <string>
#include <vector>

namespace mabplan::compiler {

struct Dotenv {
    std::map<std::string, std::string> values;
    std::vector<Warning> warnings;  // variables that the file uses and nobody sets
};

// NAME=value, NAME: value, `export NAME=value`; a lone NAME has the value of `environment`, or is left out. Values may stand in single
// quotes (taken as they are), in double quotes (\n, \", \$ and the like, `${…}`), both over several lines, or in none (up to the end of the
// line or " #", `${…}`). `${…}` asks `environment` first, then the lines above. Errors: input errors with their places.
Checked<Dotenv> parse_dotenv(const SourceTextPtr& text, const Environment& environment);

// What the process says goes before what the file says.
class LayeredEnvironment final : public Environment {
public:
    LayeredEnvironment(const Environment& process, const std::map<std::string, std::string>& values) : process_(process), values_(values) {}
    std::optional<std::string> get(const std::string& name) const override;

private:
    const Environment& process_;
    const std::map<std::string, std::string>& values_;
};

}  // namespace mabplan::compiler
