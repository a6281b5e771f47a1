package org.dmabuf.display.kms;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;

/**
 * The calls that know no planes, as commits: each is about a CRTC's primary plane. Kernel
 * counterpart: {@code drm_atomic_helper_set_config()} and {@code drm_atomic_helper_page_flip()}.
 */
public final class LegacyCalls {
  /** Instead of a framebuffer's number: the one that is shown. */
  public static final int CURRENT = -1;

  private final KmsDevice device;

  LegacyCalls(KmsDevice device) {
    this.device = device;
  }

  void pageFlip(KmsFile file, Crtc crtc, int fb, OptionalLong event, AtomicFlag... more) {
    device.checkMaster(file, "flip a page");
    Plane plane = device.primary(crtc);
    Optional<Framebuffer> shown = device.state().of(plane).framebuffer();
    Optional<Mode> mode = device.state().of(crtc).mode();
    if (shown.isEmpty() || mode.isEmpty()) {
      throw refused(Errno.EBUSY, "flip " + plane + ", which shows nothing; set it first");
    }
    Framebuffer next = find(fb);
    checkSize(next, mode.get());
    if (next.format() != shown.get().format()) {
      throw refused(
          Errno.EINVAL, "flip from " + shown.get() + " to " + next + "; a commit would work");
    }
    AtomicRequest request =
        new AtomicRequest().set(plane, state -> state.withFramebuffer(Optional.of(next)));
    event.ifPresent(request::event);
    Set<AtomicFlag> flags = EnumSet.of(AtomicFlag.NONBLOCK);
    flags.addAll(List.of(more));
    device.commits().commit(file, request, flags);
  }

  void setCrtc(KmsFile file, Crtc crtc, int fb, Mode mode, List<Connector> connectors) {
    device.checkMaster(file, "set " + crtc);
    Plane plane = device.primary(crtc);
    Framebuffer next = fb == CURRENT ? current(plane) : find(fb);
    checkSize(next, mode);
    AtomicRequest request = new AtomicRequest();
    device.state().fedBy(crtc).stream()
        .filter(fed -> !connectors.contains(fed))
        .forEach(fed -> request.feed(fed, Optional.empty()));
    connectors.forEach(connector -> request.feed(connector, Optional.of(crtc)));
    request.set(
        crtc,
        state ->
            state.mode().equals(Optional.of(mode))
                ? state.withActive(true)
                : state.withMode(Optional.of(mode), 0).withActive(true));
    request
        .show(plane, crtc, next)
        .set(
            plane,
            state ->
                state
                    .withSource(Rect.source(0, 0, mode.width(), mode.height()))
                    .withDestination(new Rect(0, 0, mode.width(), mode.height())));
    device.commits().commit(file, request, EnumSet.of(AtomicFlag.ALLOW_MODESET));
  }

  void switchOff(KmsFile file, Crtc crtc) {
    device.checkMaster(file, "switch " + crtc + " off");
    AtomicRequest request = new AtomicRequest().set(crtc, state -> CrtcState.OFF);
    device.state().fedBy(crtc).forEach(fed -> request.feed(fed, Optional.empty()));
    device.state().planesOf(crtc).forEach(request::hide);
    device.commits().commit(file, request, EnumSet.of(AtomicFlag.ALLOW_MODESET));
  }

  private Framebuffer current(Plane plane) {
    return device
        .state()
        .of(plane)
        .framebuffer()
        .orElseThrow(
            () ->
                refused(Errno.EINVAL, "go on showing what " + plane + " shows, which is nothing"));
  }

  private Framebuffer find(int fb) {
    return device
        .framebuffers()
        .find(fb)
        .orElseThrow(() -> Framebuffers.unknown(device + " was to show framebuffer", fb));
  }

  private void checkSize(Framebuffer framebuffer, Mode mode) {
    if (framebuffer.width() < mode.width() || framebuffer.height() < mode.height()) {
      throw refused(
          Errno.ENOSPC,
          "show " + framebuffer + " in mode " + mode + "; one of that size or more would work");
    }
  }

  private DmaBufException refused(Errno errno, String what) {
    return new DmaBufException(errno, device + " was to " + what);
  }
}
