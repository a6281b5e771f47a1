package org.dmabuf.importer.v4l2;

import java.nio.file.Path;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.video.node.NodeRole;
import org.dmabuf.video.node.SizeRange;
import org.dmabuf.video.node.VideoNode;
import org.dmabuf.video.node.VideoNodeInfo;
import org.dmabuf.video.queue.QueueLimits;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * A video node that can record. Without a configuration there is one, {@code vivid-out}; factory
 * configurations make others with other names.
 *
 * <p>Thread-safe. Kernel counterpart: {@code drivers/media/test-drivers/vivid}.
 */
@Component(
    service = DeviceNode.class,
    configurationPid = "org.dmabuf.vivid.output",
    property = DeviceNode.NAME + "=" + VividOutput.NODE)
@Designate(ocd = VividOutputConfig.class)
public final class VividOutput implements DeviceNode {
  static final String NODE = "vivid-out";

  private final VideoNode node;
  private final SinkDriver driver;

  /**
   * Starts the device.
   *
   * @throws DmaBufException EINVAL for a configuration that does not work
   */
  @Activate
  public VividOutput(@Reference DmaBufRegistry registry, VividOutputConfig config) {
    VideoNodeInfo info =
        new VideoNodeInfo(
            config.dmabuf_node(),
            NodeConfiguration.DRIVER,
            NodeRole.OUTPUT,
            config.multiplanar() ? VideoNodeInfo.Planes.MULTI : VideoNodeInfo.Planes.SINGLE,
            NodeConfiguration.formats(config.formats()),
            SizeRange.VIVID,
            new QueueLimits(config.buffers_min(), config.buffers_start(), config.buffers_max()),
            config.fencing(),
            NodeConfiguration.periodNanos(config.rate()),
            config.hold() ? VideoNodeInfo.Holding.LAST : VideoNodeInfo.Holding.NONE);
    driver =
        config.record().isEmpty()
            ? SinkDriver.silent()
            : SinkDriver.recording(Path.of(config.record()));
    node =
        new VideoNode(
            registry,
            info,
            config.memory().of(registry, config.exporter_name(), config.dmabuf_node()),
            driver);
  }

  /** Takes the device away; called by DS. */
  @Deactivate
  public void stop() {
    node.close();
    driver.close();
  }

  @Override
  public String name() {
    return node.name();
  }

  @Override
  public int open(FileTable caller, int flags) {
    return node.open(caller, flags);
  }
}
