package org.dmabuf.replay;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;

/** All calls by name. */
final class Operations {
  private final Map<String, Operation> byName = new HashMap<>();

  /**
   * Makes the table out of groups.
   *
   * @throws IllegalArgumentException when two have the same name
   */
  Operations(List<Map<String, Operation>> groups) {
    for (Map<String, Operation> group : groups) {
      group.forEach(
          (name, operation) -> {
            if (byName.put(name, operation) != null) {
              throw new IllegalArgumentException("Two operations are called " + name);
            }
          });
    }
  }

  /** Returns every call that there is. */
  static Operations all() {
    return new Operations(
        List.of(
            FileOperations.all(),
            MappingOperations.all(),
            BufferOperations.all(),
            ExporterOperations.all(),
            FenceOperations.all(),
            SyncObjOperations.all(),
            GemOperations.all(),
            DisplayOperations.all(),
            VideoOperations.all()));
  }

  /** Makes the call of a step. Never throws but an Error of the machine. */
  Answer call(Step step, TracedProcess process) {
    Operation operation = byName.get(step.operation());
    if (operation == null) {
      return Answer.unreplayable("there is no operation " + step.operation() + " yet");
    }
    try {
      return operation.call(process, new Arguments(step.arguments(), process.names()));
    } catch (DmaBufException refusal) {
      return Answer.refused(refusal);
    } catch (Unreplayable without) {
      return Answer.unreplayable(without.getMessage());
    } catch (RuntimeException | LinkageError failure) {
      return Answer.broken(failure);
    }
  }
}
