package org.dmabuf.exporter.gem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PollFd;
import org.dmabuf.gem.GemFenceIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** IGT's vc4_dmabuf_poll and vgem_slow by the names of their cases. */
final class Vc4DmabufPollTest {
  private static final Duration FOR_EVER = Duration.ofSeconds(-1);

  private final VgemRig rig = new VgemRig();
  private final int device = rig.open(rig.vgem);
  private final int object = rig.create(device, 1);
  private final int fd = rig.share(device, object);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row({"L3", "A/13"})
  void poll_write_waits_until_write_done() throws Exception {
    waitsUntilWriteDone(PollEvents.POLLOUT);
  }

  @Test
  @Row({"L2", "A/13"})
  void poll_read_waits_until_write_done() throws Exception {
    waitsUntilWriteDone(PollEvents.POLLIN);
  }

  /** vgem_slow: a fence that nobody signals holds nobody for ever. */
  @Test
  @Row("C/7")
  void nohang() throws Exception {
    GemFenceIoctl.attach(rig.files, device, object, GemFenceIoctl.WRITE);
    VgemRig.Running polling = VgemRig.start(() -> poll(PollEvents.POLLIN)).awaitParked();
    rig.clock.advance(Duration.ofSeconds(10).toNanos());
    assertThat(polling.join()).isEqualTo(PollEvents.POLLIN);
  }

  private void waitsUntilWriteDone(int event) throws Exception {
    int fence = GemFenceIoctl.attach(rig.files, device, object, GemFenceIoctl.WRITE);
    VgemRig.Running polling = VgemRig.start(() -> poll(event)).awaitParked();
    GemFenceIoctl.signal(rig.files, device, fence);
    assertThat(polling.join()).isEqualTo(event);
  }

  private Object poll(int event) {
    PollFd asked = new PollFd(fd, event);
    rig.files.poll(List.of(asked), FOR_EVER);
    return asked.revents();
  }
}
