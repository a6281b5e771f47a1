package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.Mode;
import org.dmabuf.display.Picture;
import org.dmabuf.display.kms.AtomicFlag;
import org.dmabuf.display.kms.AtomicRequest;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.Framebuffer;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.display.kms.Plane;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.sync.SyncFile;

/** A display in a frame cycle, as programs use it: {@link KmsFile}. */
final class ScreenUse implements FrameUse, AutoCloseable {
  private final String name;
  private final DmaBufRegistry registry;
  private final DisplayDevice device;
  private final KmsFile screen;
  private final Mode mode;
  private final Plane plane;
  private SharedFrame frame;
  private Framebuffer shown;
  private boolean lit;

  ScreenUse(DmaBufRegistry registry, DisplayDevice device) {
    this.name = device.info().name();
    this.registry = registry;
    this.device = device;
    this.screen = device.open(registry.files());
    this.mode = device.connectors().getFirst().modes().getFirst();
    this.plane = device.planes().getFirst();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ImporterNeeds needs() {
    return device.needs();
  }

  @Override
  public void begin(SharedFrame shared, Role role, Fencing fencing) {
    frame = shared;
    shown = screen.addFramebuffer(shared.fd(), shared.layout());
  }

  @Override
  public OptionalInt submit(OptionalInt inFence, boolean wantsOutFence) {
    AtomicRequest request = new AtomicRequest().show(plane, device.crtcs().getFirst(), shown);
    inFence.ifPresent(
        fd -> request.inFence(plane, SyncFile.fenceOf(registry.files(), fd).orElseThrow()));
    if (lit) {
      screen.commit(request);
    } else {
      request.light(device.crtcs().getFirst(), device.connectors().getFirst(), mode);
      screen.commit(request, AtomicFlag.ALLOW_MODESET);
      lit = true;
    }
    return OptionalInt.empty();
  }

  @Override
  public void complete() {
    // A blocking commit is on the screen.
  }

  @Override
  public void check(int frames) {
    Picture picture = screen.snapshot(device.crtcs().getFirst()).orElseThrow();
    assertThat(BarsFrame.checksum(picture.argb()))
        .as("the checksum of what " + name + " shows")
        .isEqualTo(BarsFrame.checksum(frame.picture(frames - 1).argb()));
  }

  @Override
  public void end() {
    if (shown != null) {
      screen.removeFramebuffer(shown.id());
      shown = null;
    }
  }

  @Override
  public void close() {
    screen.close();
  }
}
