package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.FormatTable;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.SizeLimits;
import org.dmabuf.video.node.ControlId;
import org.dmabuf.video.node.SizeRange;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2Client;
import org.dmabuf.video.node.V4l2ControlIoctl;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;

/** A camera, a recorder or a converter in a frame cycle, as programs use it: {@link V4l2Client}. */
final class VideoUse implements FrameUse {
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** What the device is. */
  enum Kind {
    CAMERA,
    RECORDER,
    CONVERTER
  }

  private final Kind kind;
  private final DeviceNode node;
  private final DmaBufRegistry registry;
  private final ImporterNeeds needs;
  private final Path record;
  private long recorded; // bytes of earlier streams
  private int turns;
  private SharedFrame frame;
  private SharedFrame other; // the converter's second one
  private V4l2Client queue;
  private V4l2Client otherQueue;

  /**
   * Makes one.
   *
   * @param contiguous whether the device was configured to need one run of addresses
   * @param record where a recorder records to; null for others
   */
  VideoUse(Kind kind, DeviceNode node, DmaBufRegistry registry, boolean contiguous, Path record) {
    this.kind = kind;
    this.node = node;
    this.registry = registry;
    this.record = record;
    DmaDevice.Builder device = DmaDevice.builder(node.name());
    this.needs = pixels(ImporterNeeds.of((contiguous ? device.contiguous() : device).build()));
  }

  /** Adds what the device tells of its formats and sizes. */
  private ImporterNeeds pixels(ImporterNeeds memory) {
    try (V4l2Client client = V4l2Client.open(node, registry.files())) {
      List<Integer> codes =
          V4l2FormatIoctl.formats(registry.files(), client.descriptor(), client.type().number());
      SizeRange sizes =
          V4l2FormatIoctl.sizes(registry.files(), client.descriptor(), codes.getFirst());
      return memory.withPixels(
          FormatTable.linear(codes.stream().map(PixelFormat::ofFourcc).toList()),
          1,
          SizeLimits.ofFrames(
              sizes.minWidth(), sizes.minHeight(), sizes.maxWidth(), sizes.maxHeight()));
    }
  }

  @Override
  public String name() {
    return node.name();
  }

  @Override
  public ImporterNeeds needs() {
    return needs;
  }

  @Override
  public void begin(SharedFrame shared, Role role, Fencing fencing) {
    frame = shared;
    recorded = kind == Kind.RECORDER ? recordedBytes() : 0;
    V4l2Client first = V4l2Client.open(node, registry.files());
    if (kind == Kind.CONVERTER) {
      other = shared.other();
      queue = role == Role.READS ? first : first.other();
      otherQueue = role == Role.READS ? first.other() : first;
      V4l2ControlIoctl.set(registry.files(), first.descriptor(), ControlId.VFLIP, 1);
      prepare(otherQueue, shared.layout(), QueueFencing.NONE);
    } else {
      queue = first;
    }
    prepare(queue, shared.layout(), QueueFencing.valueOf(fencing.name()));
  }

  private static void prepare(V4l2Client client, FrameLayout layout, QueueFencing fencing) {
    VideoPixels pixels = VideoPixels.ofFourcc(layout.format().v4l2Fourcc()).orElseThrow();
    client.setFormat(pixels, layout.width(), layout.height());
    client.setFencing(fencing);
    client.requestBuffers(MemoryType.DMABUF, 1);
    client.streamOn();
  }

  @Override
  public OptionalInt submit(OptionalInt inFence, boolean wantsOutFence) {
    if (kind == Kind.CONVERTER) {
      if (otherQueue.type().isOutput()) {
        other.fill(turns);
      }
      otherQueue.queue(buffer(otherQueue, other));
    }
    V4l2Buffer buffer = buffer(queue, frame);
    if (inFence.isPresent()) {
      buffer = buffer.withInFence(inFence.getAsInt());
    }
    return queue.queue(wantsOutFence ? buffer.withOutFence() : buffer);
  }

  private static V4l2Buffer buffer(V4l2Client client, SharedFrame of) {
    V4l2Buffer buffer = client.buffer(0).withDmabuf(of.fd());
    return client.type().isOutput() ? buffer.withBytesUsed(of.layout().size()) : buffer;
  }

  @Override
  public void complete() {
    take(queue);
    if (kind == Kind.CONVERTER) {
      take(otherQueue);
    }
    turns++;
  }

  private void take(V4l2Client from) {
    Optional<BufferStatus> status = from.dequeue(BOUND);
    assertThat(status).as("a frame of " + name() + " in " + BOUND).isPresent();
    assertThat(status.get().flags()).as("flags of " + name()).doesNotContain(BufferFlag.ERROR);
  }

  @Override
  public void check(int frames) {
    if (kind == Kind.CONVERTER && other != null) {
      other.holds(frames - 1);
    }
    if (kind == Kind.RECORDER) {
      checkRecord(frames);
    }
  }

  private void checkRecord(int frames) {
    byte[] found = new byte[(int) frame.layout().size()];
    try (FileChannel file = FileChannel.open(record)) {
      for (int i = 0; i < frames; i++) {
        ByteBuffer buffer = ByteBuffer.wrap(found);
        long at = recorded + (long) i * found.length;
        int got;
        do {
          got = file.read(buffer, at + buffer.position());
        } while (got > 0);
        assertThat(BarsFrame.checksum(found))
            .as("the checksum of frame " + i + " that " + name() + " has recorded")
            .isEqualTo(BarsFrame.checksum(frame.picture(i).bytes()));
      }
      assertThat(file.size())
          .as("bytes recorded")
          .isEqualTo(recorded + (long) frames * found.length);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private long recordedBytes() {
    return record.toFile().length();
  }

  @Override
  public void end() {
    turns = 0;
    if (queue != null) {
      queue.close();
    }
    if (other != null) {
      other.close();
    }
    queue = null;
    otherQueue = null;
    other = null;
  }
}
