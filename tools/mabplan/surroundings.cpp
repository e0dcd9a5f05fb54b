#include "tools/mabplan/surroundings.h"

#include "tools/mabplan/process.h"

namespace mabplan::tools {

Surroundings::Surroundings(const SurroundingsOptions& options, runtime::Store& store)
    : options_(options),
      store_(store),
      images_({options.root, options.registries, options.offline, &interrupts_.flag()}, store),
      remote_({options.root, options.registries, options.offline, options.standard_input, &interrupts_.flag()}, store),
      folders_({options.root, {store.stat_cache(), store.scratch()}, options.jobs > 0 ? options.jobs : default_jobs(), [this] {
                    return interrupts_.came();
                }}) {}

Status Surroundings::check_interrupted() const {
    return interrupts_.came() ? Status(fail(ErrorKind::Interrupted, "interrupted")) : Status{};
}

}  // namespace mabplan::tools
