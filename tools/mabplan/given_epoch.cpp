#include "tools/mabplan/given_epoch.h"

#include "plans/base/format.h"
#include "plans/base/text.h"

namespace mabplan::tools {

namespace {

constexpr const char* kName = "SOURCE_DATE_EPOCH";

void give(std::vector<compiler::Cell>& cells, const std::string& seconds) {
    for (compiler::Cell& cell : cells)
        if (!compiler::find_setting(cell.build.args, kName)) cell.build.args.push_back({kName, seconds, {}});
}

}  // namespace

Status give_epoch(compiler::Matrix& matrix, const compiler::Environment& environment) {
    const auto epoch = environment.get(kName);
    if (!epoch || epoch->empty() || matrix.reproducible.source_date_epoch || matrix.reproducible.epoch_of_commit) return {};
    if (!parse_unsigned(*epoch)) return input_error(format("SOURCE_DATE_EPOCH is {}: expected seconds since 1970", quoted(*epoch)));
    for (compiler::Target& target : matrix.targets) {
        give(target.cells, *epoch);
        give(target.needed_cells, *epoch);
    }
    return {};
}

}  // namespace mabplan::tools
