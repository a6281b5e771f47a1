package org.dmabuf.display.kms;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.handover.DeviceState;
import org.dmabuf.pixel.ColorSpace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a display takes over from its predecessor of the same name, and leaves to its successor.
 *
 * <pre>
 *   vblanks      name -> number of its next vblank, so that numbers never go back
 *   unplugged    names of connectors
 *   planes       name -> { alpha, blend, zpos, encoding, range, orientation, filter }
 *   shown, skipped   flips
 * </pre>
 *
 * <p>So the successor is as the display itself would be after its last file is closed: dark, as
 * framebuffers go with their files, and with all else as it was set. Parts that the successor does
 * not have, and values that it does not know, are left out. A state of another kind, or a newer
 * version, is left aside, and the display begins anew. Stateless.
 */
final class DisplayHandover {
  static final String KIND = "org.dmabuf.display";
  static final int VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(DisplayHandover.class);
  private static final String VBLANKS = "vblanks";
  private static final String UNPLUGGED = "unplugged";
  private static final String PLANES = "planes";
  private static final String SHOWN = "shown";
  private static final String SKIPPED = "skipped";
  private static final String ALPHA = "alpha";
  private static final String BLEND = "blend";
  private static final String ZPOS = "zpos";
  private static final String ENCODING = "encoding";
  private static final String RANGE = "range";
  private static final String ORIENTATION = "orientation";
  private static final String FILTER = "filter";

  private static final int MOST_HEIGHT = 255; // as the property's range is

  private DisplayHandover() {}

  /**
   * Takes what the predecessor has left.
   *
   * @throws DmaBufException ENODEV when the driver's bundle is leaving
   */
  static DeviceState take(DmaBufRegistry registry, KmsDevice display) {
    return registry
        .takeState(display.toString(), KIND, VERSION)
        .orElseGet(() -> new DeviceState(KIND, VERSION, Map.of()));
  }

  /** Returns how many flips were counted. */
  static FlipCounters counters(DeviceState taken) {
    return new FlipCounters(taken.number(SHOWN).orElse(0), taken.number(SKIPPED).orElse(0));
  }

  /** Returns the number of the first vblank of a CRTC. */
  static long vblank(DeviceState taken, Crtc crtc) {
    return taken.values().get(VBLANKS) instanceof Map<?, ?> numbers
            && numbers.get(crtc.name()) instanceof Long number
        ? Math.max(0, number)
        : 0;
  }

  /** Plugs out what was. */
  static void unplug(DeviceState taken, List<Connector> connectors) {
    if (taken.values().get(UNPLUGGED) instanceof List<?> names) {
      connectors.stream()
          .filter(connector -> names.contains(connector.name()))
          .forEach(connector -> connector.setConnected(false));
    }
  }

  /** Returns a state with the planes as they were set. */
  static KmsState planes(DeviceState taken, KmsState off, List<Plane> planes) {
    KmsState state = off;
    if (taken.values().get(PLANES) instanceof Map<?, ?> looks) {
      for (Plane plane : planes) {
        if (looks.get(plane.name()) instanceof Map<?, ?> look) {
          state = state.with(plane, with(state.of(plane), look));
        }
      }
    }
    return state;
  }

  private static PlaneState with(PlaneState before, Map<?, ?> look) {
    PlaneState.Blending blending = before.blending();
    PlaneState.Colors colors = before.colors();
    return before
        .withBlending(
            new PlaneState.Blending(
                within(look, ALPHA, blending.alpha(), PlaneState.OPAQUE),
                oneOf(look, BLEND, blending.mode()),
                within(look, ZPOS, blending.zpos(), MOST_HEIGHT)))
        .withColors(
            new PlaneState.Colors(
                new ColorSpace(
                    oneOf(look, ENCODING, colors.space().encoding()),
                    oneOf(look, RANGE, colors.space().range())),
                oneOf(look, ORIENTATION, colors.orientation()),
                oneOf(look, FILTER, colors.filter())));
  }

  private static int within(Map<?, ?> look, String name, int otherwise, int most) {
    return look.get(name) instanceof Long value && value >= 0 && value <= most
        ? value.intValue()
        : otherwise;
  }

  private static <E extends Enum<E>> E oneOf(Map<?, ?> look, String name, E otherwise) {
    for (E each : otherwise.getDeclaringClass().getEnumConstants()) {
      if (each.name().equals(look.get(name))) {
        return each;
      }
    }
    return otherwise;
  }

  /** Leaves a state; a driver that has outstayed its bundle leaves none. */
  static void leave(DmaBufRegistry registry, KmsDevice display, DeviceState state) {
    try {
      registry.leaveState(display.toString(), state);
    } catch (DmaBufException refused) {
      LOG.info("The successor of {} begins anew: {}", display, refused.getMessage());
    }
  }

  /** Returns what a display is like. */
  static DeviceState of(KmsState state, KmsParts parts, Runner runner, FlipCounters counters) {
    Map<String, Object> vblanks = new TreeMap<>();
    parts.crtcs().forEach(crtc -> vblanks.put(crtc.name(), runner.pipe(crtc).nextNumber()));
    Map<String, Object> planes = new TreeMap<>();
    parts.planes().forEach(plane -> planes.put(plane.name(), look(state.of(plane))));
    List<String> unplugged =
        parts.connectors().stream()
            .filter(connector -> !connector.isConnected())
            .map(Connector::name)
            .toList();
    return new DeviceState(
        KIND,
        VERSION,
        Map.of(
            VBLANKS,
            vblanks,
            UNPLUGGED,
            unplugged,
            PLANES,
            planes,
            SHOWN,
            counters.shown(),
            SKIPPED,
            counters.skipped()));
  }

  private static Map<String, Object> look(PlaneState plane) {
    return Map.of(
        ALPHA,
        plane.blending().alpha(),
        BLEND,
        plane.blending().mode().name(),
        ZPOS,
        plane.blending().zpos(),
        ENCODING,
        plane.colors().space().encoding().name(),
        RANGE,
        plane.colors().space().range().name(),
        ORIENTATION,
        plane.colors().orientation().name(),
        FILTER,
        plane.colors().filter().name());
  }
}
