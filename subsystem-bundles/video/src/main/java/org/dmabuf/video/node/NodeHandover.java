package org.dmabuf.video.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.handover.DeviceState;
import org.dmabuf.handover.StateBook;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a device takes over from its predecessor of the same name, and leaves to its successor.
 *
 * <pre>
 *   predecessor --close()--> state, {@value #KIND} {@value #VERSION} --{@link #begin}--> successor
 *                            frames, errors         counted on
 *                            contexts: one          the one that all files have
 *                                      or several   of converters: the next one that the same
 *                                                   program opens, as long as states are kept
 * </pre>
 *
 * <p>A state of another kind, or a newer version, is left aside, and the device begins anew.
 * Thread-safe.
 */
final class NodeHandover {
  static final String KIND = "org.dmabuf.video";
  static final int VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(NodeHandover.class);
  private static final String FRAMES = "frames";
  private static final String ERRORS = "errors";
  private static final String CONTEXTS = "contexts";

  private final DmaBufRegistry registry;
  private final String device;
  private final FrameCounters counted;
  private final List<ContextState> waiting = new ArrayList<>(); // guarded by this
  private final long untilNanos;

  private NodeHandover(DmaBufRegistry registry, String device, DeviceState state) {
    this.registry = registry;
    this.device = device;
    this.counted =
        new FrameCounters(state.number(FRAMES).orElse(0), state.number(ERRORS).orElse(0));
    this.untilNanos = registry.clock().nanos() + StateBook.KEPT.toNanos();
    if (state.values().get(CONTEXTS) instanceof List<?> contexts) {
      contexts.forEach(context -> waiting.add(ContextState.of(context)));
    }
  }

  /**
   * Takes what the predecessor has left.
   *
   * @param node the device's name
   * @throws DmaBufException ENODEV when the driver's bundle is leaving
   */
  static NodeHandover begin(DmaBufRegistry registry, String node) {
    String device = "video device " + node;
    DeviceState state =
        registry
            .takeState(device, KIND, VERSION)
            .orElseGet(() -> new DeviceState(KIND, VERSION, Map.of()));
    return new NodeHandover(registry, device, state);
  }

  /** Returns what the predecessor has counted. */
  FrameCounters counted() {
    return counted;
  }

  /**
   * Returns what a context begins with, which no other one does then.
   *
   * @param program who opens it; empty for the one that all files have
   */
  synchronized ContextState next(String program) {
    if (registry.clock().nanos() - untilNanos > 0) {
      waiting.clear();
    }
    for (Iterator<ContextState> all = waiting.iterator(); all.hasNext(); ) {
      ContextState state = all.next();
      if (state.program().equals(program)) {
        all.remove();
        return state;
      }
    }
    return ContextState.NEW;
  }

  /** Leaves a state; a driver that has outstayed its bundle leaves none. */
  void leave(FrameCounters counters, Collection<ContextState> contexts) {
    List<Map<String, Object>> plain = contexts.stream().map(ContextState::toPlain).toList();
    try {
      registry.leaveState(
          device,
          new DeviceState(
              KIND,
              VERSION,
              Map.of(FRAMES, counters.frames(), ERRORS, counters.errors(), CONTEXTS, plain)));
    } catch (DmaBufException refused) {
      LOG.info("The successor of {} begins anew: {}", device, refused.getMessage());
    }
  }
}
