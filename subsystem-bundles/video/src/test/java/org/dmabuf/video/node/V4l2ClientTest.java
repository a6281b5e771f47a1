package org.dmabuf.video.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.video.node.NodeRig.refuses;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.FrameNote;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.Test;

final class V4l2ClientTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Fills a frame with its number. */
  private static Outcome number(FrameJob job) {
    if (job instanceof FrameJob.Capture capture) {
      Frame frame = capture.target();
      byte[] row = new byte[16];
      Arrays.fill(row, (byte) (frame.number() + 1));
      for (int y = 0; y < 16; y++) {
        frame.writeRow(0, y, row, 0);
      }
    }
    return Outcome.DONE;
  }

  @Test
  void shouldCaptureIntoMappedAndExportedBuffers() {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 1000, V4l2ClientTest::number)) {
      V4l2Client camera = V4l2Client.open(rig.node, rig.files);
      assertThat(camera.type()).isEqualTo(QueueType.CAPTURE);
      assertThat(camera.setFormat(VideoPixels.GREY, 16, 16).sizes()).containsExactly(256L);
      assertThat(camera.requestBuffers(MemoryType.MMAP, 2)).isEqualTo(2);
      camera.queue(camera.buffer(0));
      camera.queue(camera.buffer(1));
      camera.streamOn();
      for (int i = 0; i < 2; i++) {
        BufferStatus status = camera.dequeue(SOON).orElseThrow();
        assertThat(status.index()).isEqualTo(i);
        assertThat(status.timestampNanos()).isPositive();
        int fd = camera.export(i, 0);
        try (CpuMapping mapped = camera.mmap(i, 0);
            CpuMapping exported = rig.files.mmap(fd, 4096, 0, 1, 1)) {
          assertThat(mapped.load(255)).isEqualTo(i + 1).isEqualTo(exported.load(255));
        }
      }
      assertThat(camera.dequeue(Duration.ZERO)).isEmpty();
      camera.streamOff();
      refuses(Errno.EINVAL, () -> camera.dequeue(Duration.ZERO));
      refuses(Errno.EINVAL, camera::other);
      camera.close();
      camera.close();
      refuses(Errno.EBADF, camera::format);
    }
  }

  @Test
  void shouldLayFramesOutAsTheFrameworkDoesWhenToldTo() {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, V4l2ClientTest::number);
        V4l2Client camera = V4l2Client.open(rig.node, rig.files)) {
      FrameLayout layout = camera.setLayout(PixelFormat.GREY, 16, 16, 64);
      assertThat(layout).isEqualTo(FrameLayout.of(PixelFormat.GREY, 16, 16, 64));
      assertThat(camera.format().bytesPerLine()).containsExactly(64);
      assertThat(camera.format().sizes()).containsExactly(layout.size());
      refuses(Errno.EINVAL, () -> camera.setLayout(PixelFormat.GREY, 17, 16, 64));
      refuses(Errno.EINVAL, () -> camera.setLayout(PixelFormat.NV12, 16, 16, 64));
      refuses(Errno.EINVAL, () -> camera.setLayout(PixelFormat.GREY, 16, 16, 48));
      camera.requestBuffers(MemoryType.MMAP, 1);
      refuses(Errno.EBUSY, () -> camera.setLayout(PixelFormat.GREY, 16, 16, 128));
      assertThat(camera.format().bytesPerLine()).containsExactly(64);
      camera.requestBuffers(MemoryType.MMAP, 0);
      V4l2FormatIoctl.setPitchAlign(rig.files, camera.descriptor(), camera.type().number(), 0);
      assertThat(camera.format().bytesPerLine()).containsExactly(16);
    }
  }

  @Test
  void shouldTellOfAFrameWhatItsDeviceSaid() {
    AtomicInteger accepted = new AtomicInteger();
    FrameNote note = new FrameNote(77, 0xcafe, Optional.of(Errno.ENOSPC), "no room");
    FrameWorker worker =
        job -> {
          Frame frame = ((FrameJob.Capture) job).target();
          if (frame.number() == 0) {
            return Outcome.DONE;
          }
          frame.note(note, accepted::incrementAndGet);
          return Outcome.ERROR_LAST;
        };
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, worker);
        V4l2Client camera = V4l2Client.open(rig.node, rig.files)) {
      camera.requestBuffers(MemoryType.MMAP, 2);
      camera.streamOn();
      assertThat(camera.dequeueFrame()).isEmpty();
      camera.queue(camera.buffer(0));
      camera.queue(camera.buffer(1));
      CapturedBuffer silent = camera.dequeueFrame().orElseThrow();
      assertThat(silent.status()).isEqualTo(CapturedBuffer.Status.DONE);
      assertThat(silent.sourceIndex()).isEqualTo(-1);
      assertThat(silent.bytesUsed()).isEqualTo(256);
      CapturedBuffer told = camera.dequeueFrame().orElseThrow();
      assertThat(told.status()).isEqualTo(CapturedBuffer.Status.ERROR);
      assertThat(told.error()).contains(Errno.ENOSPC);
      assertThat(told.message()).isEqualTo("no room");
      assertThat(told.checksum()).isEqualTo(0xcafe);
      assertThat(told.sourceIndex()).isEqualTo(77);
      assertThat(told.sequence()).isEqualTo(1);
      assertThat(accepted).hasValue(1);
      refuses(Errno.EPIPE, camera::dequeueFrame);
    }
  }

  @Test
  void shouldTellWhoListensAndNobodyAfterItsEnd() {
    AtomicInteger told = new AtomicInteger();
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, V4l2ClientTest::number)) {
      V4l2Client camera = V4l2Client.open(rig.node, rig.files);
      camera.setListener(told::incrementAndGet);
      camera.requestBuffers(MemoryType.MMAP, 1);
      camera.streamOn();
      camera.queue(camera.buffer(0));
      assertThat(told.get()).isPositive();
      camera.close();
      int before = told.get();
      rig.node.close();
      assertThat(told).hasValue(before);
      camera.setListener(told::incrementAndGet);
    }
  }

  @Test
  void shouldConvertDmabufsWithBothQueuesOfOneFile() {
    try (NodeRig rig = new NodeRig(NodeRole.CONVERTER, 0, job -> Outcome.DONE);
        V4l2Client in = V4l2Client.open(rig.node, rig.files)) {
      V4l2Client out = in.other();
      assertThat(in.type()).isEqualTo(QueueType.OUTPUT);
      assertThat(out.type()).isEqualTo(QueueType.CAPTURE);
      assertThat(out.descriptor()).isEqualTo(in.descriptor());
      DmaBuf source = rig.allocate();
      DmaBuf target = rig.allocate();
      for (V4l2Client queue : new V4l2Client[] {in, out}) {
        queue.setFencing(QueueFencing.IMPLICIT);
        queue.requestBuffers(MemoryType.DMABUF, 1);
        queue.streamOn();
      }
      in.queue(rig.dmabuf(QueueType.OUTPUT, 0, source).withTimestamp(5000));
      out.queue(rig.dmabuf(QueueType.CAPTURE, 0, target));
      assertThat(out.dequeue(SOON).orElseThrow().timestampNanos()).isEqualTo(5000);
      assertThat(in.dequeue(SOON).orElseThrow().index()).isZero();
      in.streamOff();
      out.streamOff();
    }
  }
}
