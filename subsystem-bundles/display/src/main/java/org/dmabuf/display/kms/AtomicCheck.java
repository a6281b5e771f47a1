package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;

/**
 * Says whether a display may go from one state to another, in the order of Linux.
 *
 * <pre>
 *   planes (fb and crtc, format, destination, source) -> scaling -> connectors -> writebacks
 *          -> CRTCs (mode, connectors, events) -> modeset without ALLOW_MODESET
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_atomic_check_only()} and {@code drm_atomic_helper_check()}.
 */
final class AtomicCheck {
  private final KmsInfo info;
  private final AtomicRequest request;
  private final KmsState before;
  private final KmsState after;
  private final List<Crtc> affected;
  private final List<Crtc> modesets;

  AtomicCheck(KmsInfo info, AtomicRequest request, KmsState before, KmsState after) {
    this.info = info;
    this.request = request;
    this.before = before;
    this.after = after;
    this.affected = request.affected(before, after);
    this.modesets = switched(affected, before, after);
  }

  private static List<Crtc> switched(List<Crtc> affected, KmsState before, KmsState after) {
    List<Crtc> all = List.of();
    for (Crtc crtc : affected) {
      if (before.of(crtc).isModeset(after.of(crtc)) || !before.feedsAlike(after, crtc)) {
        all = all.isEmpty() ? new ArrayList<>() : all;
        all.add(crtc);
      }
    }
    return all;
  }

  /** Returns the state from which it goes. */
  KmsState before() {
    return before;
  }

  /** Returns the state to which it goes. */
  KmsState after() {
    return after;
  }

  /** Returns the CRTCs that take part. */
  List<Crtc> affected() {
    return affected;
  }

  /** Returns those of them that are switched on or off, or to another mode or connector. */
  List<Crtc> modesets() {
    return modesets;
  }

  /** Checks everything; EINVAL, ENOSPC, ERANGE. */
  void run(Set<AtomicFlag> flags) {
    if (flags.contains(AtomicFlag.ASYNC) && !info.features().contains(KmsInfo.Feature.ASYNC_FLIP)) {
      throw refused(Errno.EINVAL, "flip without a vblank; a flip at one would work");
    }
    for (Plane plane : request.planes()) {
      checkPlane(plane);
    }
    for (Plane plane : request.planes()) {
      checkScaling(plane);
    }
    for (Connector connector : request.connectors()) {
      checkConnector(connector);
    }
    request.writebacks().forEach(this::checkWriteback);
    for (Crtc crtc : affected) {
      checkCrtc(crtc);
    }
    checkEvent();
    if (!modesets.isEmpty() && !flags.contains(AtomicFlag.ALLOW_MODESET)) {
      throw refused(
          Errno.EINVAL, "switch " + modesets + " without ALLOW_MODESET; with it, it would work");
    }
  }

  private void checkPlane(Plane plane) {
    PlaneState state = after.of(plane);
    if (state.crtc().isPresent() != state.framebuffer().isPresent()) {
      throw refused(
          Errno.EINVAL,
          "set "
              + plane
              + (state.crtc().isPresent() ? " to a CRTC only" : " to a framebuffer only")
              + "; both or none would work");
    }
    if (state.crtc().isEmpty()) {
      return;
    }
    if (state.crtc().get() != plane.possibleCrtc()) {
      throw refused(
          Errno.EINVAL,
          "show %s on %s; %s would work"
              .formatted(plane, state.crtc().get(), plane.possibleCrtc()));
    }
    Framebuffer framebuffer = state.framebuffer().orElseThrow();
    if (!plane.formats().contains(framebuffer.format())) {
      throw refused(
          Errno.EINVAL,
          "show %s on %s; %s would work".formatted(framebuffer, plane, plane.formats()));
    }
    Rect to = state.destination();
    if (to.x() + to.width() > Integer.MAX_VALUE || to.y() + to.height() > Integer.MAX_VALUE) {
      throw refused(
          Errno.EINVAL, "show " + plane + " at " + to + ", beyond what numbers of 32 bits tell");
    }
    checkSource(plane, state.source(), framebuffer);
  }

  private void checkSource(Plane plane, Rect from, Framebuffer framebuffer) {
    long width = (long) framebuffer.width() * Rect.FRACTION;
    long height = (long) framebuffer.height() * Rect.FRACTION;
    long left = Integer.toUnsignedLong(from.x());
    long top = Integer.toUnsignedLong(from.y());
    if (left + from.width() > width || top + from.height() > height) {
      throw refused(
          Errno.ENOSPC,
          "show %.4fx%.4f of %s on %s; as much as there is would work"
              .formatted(
                  from.width() / (double) Rect.FRACTION,
                  from.height() / (double) Rect.FRACTION,
                  framebuffer,
                  plane));
    }
  }

  private void checkScaling(Plane plane) {
    PlaneState state = after.of(plane);
    if (state.crtc().isEmpty()) {
      return;
    }
    Rect from = state.source();
    Rect to = state.destination();
    boolean scaled =
        from.width() != to.width() * Rect.FRACTION || from.height() != to.height() * Rect.FRACTION;
    if (from.isEmpty()
        || to.isEmpty()
        || (scaled && !info.features().contains(KmsInfo.Feature.SCALING))) {
      throw refused(
          Errno.ERANGE,
          "show %s of its framebuffer in %s on %s; %s"
              .formatted(
                  from,
                  to,
                  plane,
                  info.features().contains(KmsInfo.Feature.SCALING)
                      ? "sizes above 0 would work"
                      : "a destination as large as the source would work"));
    }
  }

  private void checkConnector(Connector connector) {
    after
        .of(connector)
        .crtc()
        .filter(crtc -> crtc != connector.possibleCrtc())
        .ifPresent(
            crtc -> {
              throw refused(
                  Errno.EINVAL,
                  "feed %s from %s; %s would work"
                      .formatted(connector, crtc, connector.possibleCrtc()));
            });
  }

  private void checkWriteback(Connector connector, AtomicRequest.Writeback job) {
    Optional<Mode> mode = after.of(connector).crtc().flatMap(crtc -> after.of(crtc).mode());
    Framebuffer into = job.into();
    if (connector.kind() != Connector.Kind.WRITEBACK
        || mode.isEmpty()
        || into.width() != mode.get().width()
        || into.height() != mode.get().height()) {
      throw refused(
          Errno.EINVAL,
          "write the picture of %s (%s) into %s; a framebuffer of the mode's size would work"
              .formatted(connector, mode.map(Mode::toString).orElse("off"), into));
    }
  }

  private void checkCrtc(Crtc crtc) {
    CrtcState state = after.of(crtc);
    int fed = after.countFedBy(crtc);
    if (state.mode().isPresent() && !info.takes(state.mode().get())) {
      throw refused(
          Errno.EINVAL,
          "set %s to %s; %s would work".formatted(crtc, state.mode().get(), info.limits()));
    }
    if (state.mode().isPresent() != (fed > 0)) {
      throw refused(
          Errno.EINVAL,
          "leave %s with %s and %d connectors; both or none would work"
              .formatted(crtc, state.mode().map(Mode::toString).orElse("no mode"), fed));
    }
    if (fed > 1 && !info.features().contains(KmsInfo.Feature.CLONING)) {
      throw refused(
          Errno.EINVAL, "feed " + after.fedBy(crtc) + " from " + crtc + "; one would work");
    }
    if (state.active() && state.mode().isEmpty()) {
      throw refused(Errno.EINVAL, "run " + crtc + " without a mode; with one, it would work");
    }
  }

  private void checkEvent() {
    if (request.event().isEmpty()) {
      return;
    }
    boolean dark = affected.isEmpty();
    for (Crtc crtc : affected) {
      dark |= !before.of(crtc).active() && !after.of(crtc).active();
    }
    if (dark) {
      throw refused(
          Errno.EINVAL, "tell of a flip of " + affected + "; a CRTC that runs would work");
    }
  }

  private DmaBufException refused(Errno errno, String what) {
    return new DmaBufException(errno, "Display " + info.name() + " was to " + what);
  }
}
