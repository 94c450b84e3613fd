#pragma once

// What a result file says, once for all directions: each `fields` names the keys of one object, the
// member that each stands for and what is to be known of it (an op's stand in kernels/ops). The
// writer's visitor takes the values, the reader's sets them, the schema's describes them.
//
// A visitor is called as visit(key, member[, FieldRule]). It offers `about` (what the object is),
// `group` (an object without a struct of its own), `column` (samples: left out where the device
// does not know them), `constant` (written, not read) and `fixed` (likewise, and always the same).

#include "harness/record/context_fields.hpp"
#include "harness/record/measurement_fields.hpp"
