package org.dmabuf.importer.v4l2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dmabuf.video.node.ControlId;
import org.dmabuf.video.node.ControlInfo;
import org.dmabuf.video.node.Controls;
import org.dmabuf.video.node.Frame;
import org.dmabuf.video.node.FrameJob;
import org.dmabuf.video.node.FrameWorker;
import org.dmabuf.video.node.NodeDriver;
import org.dmabuf.video.queue.FrameResult.Outcome;

/**
 * A camera whose sensor is a test picture.
 *
 * <p>Thread-safe. Kernel counterpart: {@code vivid-kthread-cap.c}.
 */
final class PatternDriver implements NodeDriver {
  private static final int MIDDLE = 128;
  private static final int QUARTER = 90;
  private static final int MOST_TURNED = 270;

  @Override
  public List<ControlInfo> controls() {
    List<ControlInfo> controls = new ArrayList<>();
    controls.add(ControlInfo.integer(ControlId.BRIGHTNESS, "Brightness", 0, 255, 1, MIDDLE));
    controls.add(ControlInfo.toggle(ControlId.HFLIP, "Horizontal Flip"));
    controls.add(ControlInfo.toggle(ControlId.VFLIP, "Vertical Flip"));
    controls.add(ControlInfo.integer(ControlId.ROTATE, "Rotate", 0, MOST_TURNED, QUARTER, 0));
    controls.add(
        ControlInfo.menu(
            ControlId.TEST_PATTERN,
            "Test Pattern",
            Arrays.stream(TestPicture.values()).map(TestPicture::name).toList()));
    controls.addAll(Injection.controls());
    return controls;
  }

  @Override
  public FrameWorker worker(Controls controls) {
    return new Worker(controls);
  }

  private static final class Worker implements FrameWorker {
    private final Controls controls;
    private final RowPacker packer = new RowPacker();
    private int[] row = new int[0];

    Worker(Controls controls) {
      this.controls = controls;
    }

    @Override
    public Outcome work(FrameJob job) {
      Optional<Outcome> fault = Injection.next(controls);
      if (fault.isPresent()) {
        return fault.get();
      }
      if (job instanceof FrameJob.Capture capture) {
        fill(capture.target());
        return Outcome.DONE;
      }
      return Outcome.ERROR;
    }

    private void fill(Frame frame) {
      TestPicture picture = TestPicture.values()[controls.get(ControlId.TEST_PATTERN)];
      PictureSettings settings =
          new PictureSettings(
              controls.get(ControlId.ROTATE) / QUARTER,
              controls.get(ControlId.HFLIP) != 0,
              controls.get(ControlId.VFLIP) != 0,
              controls.get(ControlId.BRIGHTNESS) - MIDDLE);
      if (row.length != frame.format().width()) {
        row = new int[frame.format().width()];
      }
      for (int y = 0; y < frame.format().height(); y++) {
        picture.paint(y, frame.format().height(), frame.number(), settings, row);
        packer.write(frame, y, row);
      }
    }
  }
}
