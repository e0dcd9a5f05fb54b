#include "tools/mabplan/surroundings.h"

#include "tools/mabplan/process.h"

namespace mabplan::tools {

Surroundings::Surroundings(const SurroundingsOptions& options, runtime::Store& store, runtime::Stop& stop)
    : options_(options),
      store_(store),
      stop_(stop),
      registries_({options.root, options.registries, false, options.offline, &stop}),
      images_({options.root, options.own_names, &stop}, store, registries_),
      remote_({options.root, options.registries, options.offline, options.standard_input, &stop}, store),
      folders_({options.root, {store.stat_cache(), store.scratch()}, options.jobs > 0 ? options.jobs : default_jobs(), [&stop] {
                    return stop.is_stopped();
                }}) {}

Status Surroundings::check_interrupted() const {
    return stop_.is_interrupted() ? Status(fail(ErrorKind::Interrupted, "interrupted")) : Status{};
}

}  // namespace mabplan::tools
