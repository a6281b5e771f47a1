package org.dmabuf.importer.v4l2;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.pixel.Crop;
import org.dmabuf.pixel.Filter;
import org.dmabuf.pixel.Orientation;
import org.dmabuf.pixel.PixelConverter;
import org.dmabuf.pixel.Region;
import org.dmabuf.pixel.Sampling;
import org.dmabuf.pixel.Surface;
import org.dmabuf.pixel.SurfacePlane;
import org.dmabuf.video.node.ControlId;
import org.dmabuf.video.node.ControlInfo;
import org.dmabuf.video.node.Controls;
import org.dmabuf.video.node.Frame;
import org.dmabuf.video.node.FrameFormat;
import org.dmabuf.video.node.FrameJob;
import org.dmabuf.video.node.FrameWorker;
import org.dmabuf.video.node.NodeDriver;
import org.dmabuf.video.queue.FrameResult.Outcome;

/**
 * Scales frames, turns them, and makes any format of any.
 *
 * <p>Thread-safe; each context has a converter of its own. Kernel counterpart: {@code
 * drivers/media/test-drivers/vim2m.c}, and the scalers of real chips.
 */
final class ConverterDriver implements NodeDriver {
  private static final int QUARTER = 90;
  private static final int MOST_TURNED = 270;

  private final Filter filter;

  /** Makes a driver that scales in a way. */
  ConverterDriver(Filter filter) {
    this.filter = filter;
  }

  @Override
  public List<ControlInfo> controls() {
    List<ControlInfo> controls = new ArrayList<>();
    controls.add(ControlInfo.toggle(ControlId.HFLIP, "Horizontal Flip"));
    controls.add(ControlInfo.toggle(ControlId.VFLIP, "Vertical Flip"));
    controls.add(ControlInfo.integer(ControlId.ROTATE, "Rotate", 0, MOST_TURNED, QUARTER, 0));
    controls.addAll(Injection.controls());
    return controls;
  }

  @Override
  public FrameWorker worker(Controls controls) {
    PixelConverter converter = new PixelConverter();
    return job -> {
      Optional<Outcome> fault = Injection.next(controls);
      if (fault.isEmpty() && job instanceof FrameJob.Convert convert) {
        Surface source = surface(convert.source(), false);
        Surface target = surface(convert.target(), true);
        Sampling sampling = new Sampling(Crop.of(source), orientation(controls), filter);
        converter.convert(source, sampling, target, Region.of(target));
        return Outcome.DONE;
      }
      return fault.orElse(Outcome.ERROR);
    };
  }

  /** V4L2 turns clockwise first, and mirrors what comes of it. */
  private static Orientation orientation(Controls controls) {
    Orientation turned = Orientation.UPRIGHT.turned(-controls.get(ControlId.ROTATE) / QUARTER);
    Orientation mirrored = controls.get(ControlId.HFLIP) == 0 ? turned : turned.mirrored();
    return controls.get(ControlId.VFLIP) == 0 ? mirrored : mirrored.flipped();
  }

  private static Surface surface(Frame frame, boolean written) {
    FrameFormat format = frame.format();
    List<SurfacePlane> planes = new ArrayList<>(format.parts().size());
    for (int part = 0; part < format.parts().size(); part++) {
      planes.add(
          new SurfacePlane(
              written ? frame.view(part).converting() : frame.view(part),
              frame.offset(part),
              format.parts().get(part).pitch()));
    }
    return Surface.of(format.pixels().format(), format.width(), format.height(), planes);
  }
}
