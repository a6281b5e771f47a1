package org.dmabuf.gem;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.handover.DeviceState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a GEM device counts, goes on counting after a predecessor of the same name, and leaves to
 * its successor. There is nothing else to hand over: handles go with their files, and buffers by
 * the policy of their export.
 *
 * <pre>
 *   created, imported, exported    numbers
 * </pre>
 *
 * <p>A state of another kind, or a newer version, is left aside, and the device begins at 0.
 * Thread-safe.
 */
final class GemHandover {
  static final String KIND = "org.dmabuf.gem";
  static final int VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(GemHandover.class);
  private static final String CREATED = "created";
  private static final String IMPORTED = "imported";
  private static final String EXPORTED = "exported";

  private final DmaBufRegistry registry;
  private final String device;
  private final LongAdder created = new LongAdder();
  private final LongAdder imported = new LongAdder();
  private final LongAdder exported = new LongAdder();

  private GemHandover(DmaBufRegistry registry, String device) {
    this.registry = registry;
    this.device = device;
  }

  /**
   * Takes what the predecessor has left.
   *
   * @param device as messages show it
   * @throws DmaBufException ENODEV when the driver's bundle is leaving
   */
  static GemHandover begin(DmaBufRegistry registry, String device) {
    GemHandover handover = new GemHandover(registry, device);
    registry.takeState(device, KIND, VERSION).ifPresent(handover::countOn);
    return handover;
  }

  private void countOn(DeviceState state) {
    created.add(state.number(CREATED).orElse(0));
    imported.add(state.number(IMPORTED).orElse(0));
    exported.add(state.number(EXPORTED).orElse(0));
  }

  void created() {
    created.increment();
  }

  void imported() {
    imported.increment();
  }

  void exported() {
    exported.increment();
  }

  GemCounters counters() {
    return new GemCounters(created.sum(), imported.sum(), exported.sum());
  }

  /** Leaves the state; a driver that has outstayed its bundle leaves none. */
  void leave() {
    GemCounters last = counters();
    try {
      registry.leaveState(
          device,
          new DeviceState(
              KIND,
              VERSION,
              Map.of(
                  CREATED, last.created(), IMPORTED, last.imported(), EXPORTED, last.exported())));
    } catch (DmaBufException refused) {
      LOG.info("The successor of {} begins anew: {}", device, refused.getMessage());
    }
  }
}
