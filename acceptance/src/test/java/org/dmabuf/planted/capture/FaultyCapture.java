package org.dmabuf.planted.capture;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.video.Capture;
import org.dmabuf.video.CaptureDriver;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.VideoFormat;

/** Captures from a source, with one fault at the frame with index {@value #AT}. */
final class FaultyCapture implements CaptureDriver {
  private static final long AT = 3;

  private final CaptureFault fault;
  private final TransferMeter meter;
  private volatile FrameSource source;
  private byte[] kept;
  private boolean done;

  FaultyCapture(CaptureFault fault, TransferMeter meter) {
    this.fault = fault;
    this.meter = meter;
  }

  void connect(FrameSource comes) {
    source = comes;
  }

  void disconnect(FrameSource goes) {
    if (source == goes) {
      source = null;
    }
  }

  @Override
  public void check(VideoFormat asked) {}

  @Override
  public Capture capture(FrameTarget target) {
    FrameSource now = source;
    if (now == null) {
      return new Capture.NotReady("a frame source");
    }
    if (kept != null) {
      target.view().write(0, kept, 0, kept.length);
      kept = null;
      return new Capture.Frame(AT, index -> {});
    }
    if (done || now.position() != AT) {
      return fault == CaptureFault.COPIES ? copied(now, target) : Capture.from(now, target);
    }
    done = true;
    return switch (fault) {
      case LOSES_A_FRAME -> {
        now.read(target);
        now.delivered(AT);
        yield Capture.from(now, target);
      }
      case CHANGES_THE_ORDER -> {
        now.read(target);
        byte[] later = new byte[(int) target.layout().size()];
        target.view().read(0, later, 0, later.length);
        now.delivered(AT);
        kept = later;
        yield Capture.from(now, target);
      }
      case REPEATS_A_FRAME -> {
        OptionalLong index = now.read(target);
        yield new Capture.Frame(index.orElseThrow(), ignored -> {});
      }
      case COPIES -> copied(now, target);
      case MOVES -> {
        Capture captured = Capture.from(now, target);
        FrameView.move(target.view(), 0, spare(16), 0, 16);
        yield captured;
      }
      case SYNCS -> {
        Capture captured = Capture.from(now, target);
        FrameView.sync(target.view(), 0, spare(16), 0, 16);
        yield captured;
      }
      case WRITES_AFTER_ITS_FENCE -> {
        OptionalLong index = now.read(target);
        yield new Capture.Frame(index.orElseThrow(), accepted -> writeLate(now, target, accepted));
      }
      default -> Capture.from(now, target);
    };
  }

  /** The frame is complete and its fence signalled by now. */
  private static void writeLate(FrameSource source, FrameTarget target, long index) {
    source.delivered(index);
    byte[] one = new byte[1];
    target.view().read(0, one, 0, 1);
    one[0] ^= (byte) 0xff;
    target.view().write(0, one, 0, 1);
    written().countDown();
  }

  /** What the planted display waits for: in the JVM's properties, as the two share no class. */
  private static CountDownLatch written() {
    return (CountDownLatch)
        System.getProperties().computeIfAbsent("planted.written", key -> new CountDownLatch(1));
  }

  private Capture copied(FrameSource now, FrameTarget target) {
    FrameView spare = spare(target.layout().size());
    Capture captured = Capture.from(now, new FrameTarget(spare, target.layout(), target.writer()));
    FrameView.copy(spare, 0, target.view(), 0, target.layout().size());
    return captured;
  }

  private FrameView spare(long bytes) {
    return new FrameView(List.of(Arena.ofAuto().allocate(bytes)), meter);
  }
}
