package org.dmabuf;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.dmabuf.debug.LockRules;
import org.dmabuf.debug.SignallingSection;
import org.dmabuf.debug.Violation;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.sg.DmaRange;
import org.dmabuf.sg.SgTable;

/**
 * What is different in debug mode ({@code dmabuf.debug}), in one place. Outside it nothing is made,
 * noted or checked.
 *
 * <pre>
 *               mapping                         importer's table    rules
 *   ON     an arena of its own, until unmap    addresses only      told of when broken
 *   OFF    the exporter's segments             with its memory     -
 * </pre>
 *
 * <p>Kernel counterpart: {@code CONFIG_DMABUF_DEBUG} together with {@code CONFIG_PROVE_LOCKING}.
 */
final class DebugMode {
  /** Nothing is looked at. */
  static final DebugMode OFF = new DebugMode(Optional.empty(), 1);

  private final Optional<LockRules> rules; // empty: off
  private final int pageSize;

  private DebugMode(Optional<LockRules> rules, int pageSize) {
    this.rules = rules;
    this.pageSize = pageSize;
  }

  static DebugMode on(LockRules rules, int pageSize) {
    return new DebugMode(Optional.of(rules), pageSize);
  }

  Optional<LockRules> rules() {
    return rules;
  }

  /** Looks at what an exporter gave for a mapping. */
  void checkTable(SgTable given, Attachment attachment) {
    if (rules.isEmpty()) {
      return;
    }
    for (DmaRange range : given.ranges()) {
      if (range.address() % pageSize != 0 || range.length() % pageSize != 0) {
        rules
            .get()
            .unaligned(
                "The table for the %s has %d bytes at %#x, which are not whole pages of %d bytes"
                    .formatted(attachment, range.length(), range.address(), pageSize));
        return;
      }
    }
  }

  /** Begins the lifetime of a mapping; null when its memory is the exporter's own. */
  MappingLifetime begin(SgTable table) {
    return rules.isPresent() ? new MappingLifetime(table) : null;
  }

  /** Returns what an importer gets. */
  SgTable forImporter(SgTable table) {
    return rules.isPresent() ? table.hidingMemory() : table;
  }

  /** Looks whether a call is made without the buffer's reservation, as it must. */
  void checkNotHeld(BufferObject buffer, String what) {
    if (rules.isPresent() && buffer.resv().isHeld()) {
      rules.get().checkNotHeld(buffer.resv(), what + " of " + buffer.describe());
    }
  }

  /** Looks at the locks that go along into another bundle. */
  void checkCallOut(BufferObject buffer, String what) {
    if (rules.isPresent()) {
      rules.get().checkCallOut(what + " of " + buffer.describe());
    }
  }

  /** Begins a section of this thread that fences need in order to complete. */
  SignallingSection signalling() {
    return rules.isPresent() ? rules.get().signalling() : SignallingSection.UNCHECKED;
  }

  /** Returns a fence's callback, which runs where fences are signalled. */
  Consumer<? super DmaFence> inSignalling(Consumer<? super DmaFence> callback) {
    Objects.requireNonNull(callback, "callback");
    if (rules.isEmpty()) {
      return callback;
    }
    return fence -> {
      try (SignallingSection _ = signalling()) {
        callback.accept(fence);
      }
    };
  }

  /** Returns what was found so far. */
  List<Violation> violations() {
    return rules.map(LockRules::violations).orElse(List.of());
  }
}
