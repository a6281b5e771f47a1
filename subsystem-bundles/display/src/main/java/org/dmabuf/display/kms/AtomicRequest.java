package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.fence.DmaFence;

/**
 * Changes that are to be made together. What is not mentioned stays as it is.
 *
 * <p>Not thread-safe, and not to be changed once it was given to a commit. Kernel counterpart: the
 * properties of {@code DRM_IOCTL_MODE_ATOMIC}.
 */
public final class AtomicRequest {
  /** What a writeback connector is to do with the frame. */
  record Writeback(Framebuffer into, OutFence outFence) {}

  private final List<UnaryOperator<KmsState>> changes = new ArrayList<>();
  private final List<Crtc> crtcs = new ArrayList<>(1); // each once, as the following ones
  private final List<Plane> planes = new ArrayList<>(1);
  private final List<Connector> connectors = new ArrayList<>(1);
  private final Map<Plane, DmaFence> inFences = new HashMap<>();
  private final Map<Crtc, OutFence> outFences = new HashMap<>();
  private final Map<Connector, Framebuffer> written = new HashMap<>();
  private final Map<Connector, OutFence> writtenFences = new HashMap<>();
  private OptionalLong event = OptionalLong.empty();

  /** Changes what a CRTC is set to. */
  public AtomicRequest set(Crtc crtc, UnaryOperator<CrtcState> change) {
    add(crtcs, crtc);
    changes.add(state -> state.with(crtc, change.apply(state.of(crtc))));
    return this;
  }

  /** Changes what a plane is set to. */
  public AtomicRequest set(Plane plane, UnaryOperator<PlaneState> change) {
    add(planes, plane);
    changes.add(state -> state.with(plane, change.apply(state.of(plane))));
    return this;
  }

  /** Feeds a connector from a CRTC, or from none. */
  public AtomicRequest feed(Connector connector, Optional<Crtc> crtc) {
    add(connectors, connector);
    changes.add(state -> state.with(connector, new ConnectorState(crtc)));
    return this;
  }

  /** Switches a CRTC on in a mode, with a connector. */
  public AtomicRequest light(Crtc crtc, Connector connector, Mode mode) {
    feed(connector, Optional.of(crtc));
    return set(crtc, state -> state.withMode(Optional.of(mode), 0).withActive(true));
  }

  /** Shows the whole of a framebuffer, as it is, in the upper left corner. */
  public AtomicRequest show(Plane plane, Crtc crtc, Framebuffer framebuffer) {
    int width = framebuffer.width();
    int height = framebuffer.height();
    Optional<Crtc> on = Optional.of(crtc);
    Optional<Framebuffer> shown = Optional.of(framebuffer);
    Rect source = Rect.source(0, 0, width, height);
    Rect destination = new Rect(0, 0, width, height);
    return set(plane, state -> state.showing(on, shown, source, destination));
  }

  /** Shows nothing in a plane. */
  public AtomicRequest hide(Plane plane) {
    return set(plane, state -> state.withCrtc(Optional.empty()).withFramebuffer(Optional.empty()));
  }

  /**
   * Waits for a fence instead of those on the framebuffer.
   *
   * @throws DmaBufException EINVAL when the plane has one already
   */
  public AtomicRequest inFence(Plane plane, DmaFence fence) {
    add(planes, plane);
    if (inFences.putIfAbsent(plane, fence) != null) {
      throw new DmaBufException(
          Errno.EINVAL, plane + " was to wait for two fences; a merged one would work");
    }
    return this;
  }

  /** Asks for a fence that completes when the commit is on a CRTC's screen. */
  public AtomicRequest outFence(Crtc crtc, OutFence taker) {
    add(crtcs, crtc);
    outFences.put(crtc, taker);
    return this;
  }

  /** Asks for an event of each CRTC that takes part, with a number of the client's. */
  public AtomicRequest event(long cookie) {
    event = OptionalLong.of(cookie);
    return this;
  }

  /** Writes the frame of this commit into a framebuffer. */
  public AtomicRequest writeInto(Connector connector, Framebuffer into) {
    add(connectors, connector);
    written.put(connector, into);
    return this;
  }

  /** Asks for a fence that completes when the frame is written; no use without a framebuffer. */
  public AtomicRequest writtenFence(Connector connector, OutFence taker) {
    add(connectors, connector);
    writtenFences.put(connector, taker);
    return this;
  }

  /** Returns the state that comes of another one. */
  KmsState applyTo(KmsState before) {
    KmsState state = before;
    for (Plane plane : planes) {
      PlaneState now = state.of(plane);
      state = now.damage().isEmpty() ? state : state.with(plane, now.withDamage(List.of()));
    }
    for (UnaryOperator<KmsState> change : changes) {
      state = change.apply(state);
    }
    return state;
  }

  List<Crtc> crtcs() {
    return crtcs;
  }

  List<Plane> planes() {
    return planes;
  }

  List<Connector> connectors() {
    return connectors;
  }

  /** Returns whether fences are asked for, or something that makes some. */
  boolean isOffering() {
    return !outFences.isEmpty() || !written.isEmpty();
  }

  Optional<DmaFence> inFence(Plane plane) {
    return Optional.ofNullable(inFences.get(plane));
  }

  Map<Crtc, OutFence> outFences() {
    return outFences;
  }

  OptionalLong event() {
    return event;
  }

  /** Returns what is to be written where. */
  Map<Connector, Writeback> writebacks() {
    if (written.isEmpty()) {
      return Map.of();
    }
    Map<Connector, Writeback> all = new HashMap<>();
    written.forEach(
        (connector, into) ->
            all.put(
                connector,
                new Writeback(into, writtenFences.getOrDefault(connector, fence -> {}))));
    return all;
  }

  /** Returns the CRTCs that take part when the state changes from one to another, each once. */
  List<Crtc> affected(KmsState before, KmsState after) {
    List<Crtc> all = List.of();
    for (Crtc crtc : crtcs) {
      all = with(all, crtc);
    }
    for (Plane plane : planes) {
      all = with(all, before.of(plane).crtc().orElse(null));
      all = with(all, after.of(plane).crtc().orElse(null));
    }
    for (Connector connector : connectors) {
      all = with(all, before.of(connector).crtc().orElse(null));
      all = with(all, after.of(connector).crtc().orElse(null));
    }
    return all;
  }

  private static List<Crtc> with(List<Crtc> all, Crtc crtc) {
    return crtc == null || all.contains(crtc) ? all : Lists.with(all, crtc);
  }

  /** There are a few at most, so a list is looked through faster than a set. */
  private static <T> void add(List<T> all, T one) {
    if (!all.contains(one)) {
      all.add(one);
    }
  }
}
