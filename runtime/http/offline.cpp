#include "runtime/http/offline.h"

#include "plans/base/format.h"

namespace mabplan::runtime {

Failure refuse_offline(const std::string& shown, std::string hint) {
    return fail(ErrorKind::Registry, format("{} would be fetched from the network, and --offline forbids it", shown), std::move(hint));
}

}  // namespace mabplan::runtime
