package org.dmabuf.exporter.vram;

import java.util.EnumSet;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.gem.DumbExport;
import org.dmabuf.gem.GemCore;
import org.dmabuf.gem.GemDevice;
import org.dmabuf.gem.GemDeviceInfo;
import org.dmabuf.gem.GemFeature;
import org.dmabuf.gem.placement.MoveEngine;
import org.dmabuf.gem.placement.Placements;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferSpec;
import org.dmabuf.negotiation.ServiceKeys;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * A GEM device with a small fast region of its own, the system's memory behind it, and buffers that
 * move between them: dumb buffers and PRIME. Without a configuration there is one, {@code vram};
 * factory configurations make others with other names. What it promises of the memory to those who
 * negotiate is what system memory is like, as a device is given a buffer there that does not reach
 * the region.
 *
 * <p>Thread-safe. Kernel counterpart: the memory of {@code amdgpu}.
 */
@Component(
    service = {GemDevice.class, DeviceNode.class, BufferExporter.class},
    // its buffers move as long as it is there, also when nobody has the service
    immediate = true,
    configurationPid = "org.dmabuf.vram",
    property = {
      DeviceNode.NAME + "=" + Vram.VRAM,
      ServiceKeys.EXPORTER + "=" + Vram.VRAM,
      // the dearest: who takes it pays for moves
      ServiceKeys.COST + ":Integer=20"
    })
@Designate(ocd = VramConfig.class)
public final class Vram implements GemDevice, BufferExporter {
  static final String VRAM = "vram";

  private static final long KIB = 1024;
  private static final long MOST_KIB = 1L << 32;

  private final DmaBufRegistry registry;
  private final Placements placements;
  private final GemCore core;
  private final DumbExport dumb;

  /**
   * Starts the device.
   *
   * @throws DmaBufException EINVAL for an empty name, one that another device has, or a region of
   *     less than a page or more than 4 TiB; EBUSY while buffers of a region of that name but
   *     another size live
   */
  @Activate
  public Vram(@Reference DmaBufRegistry registry, @Reference MoveEngine engine, VramConfig config) {
    if (config.size_kib() < 1 || config.size_kib() > MOST_KIB) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Device "
              + config.dmabuf_node()
              + " was configured with a region of "
              + config.size_kib()
              + " KiB; 4 to "
              + MOST_KIB
              + " would work");
    }
    GemDeviceInfo info =
        GemDeviceInfo.of(
            config.dmabuf_node(),
            registry.policy(config.policy()),
            EnumSet.of(GemFeature.DUMB_BUFFERS));
    if (config.dmabuf_exporter().isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "Device " + info.name() + " was configured as an exporter without a name");
    }
    this.registry = registry;
    this.placements =
        Placements.start(registry, engine, config.dmabuf_node(), config.size_kib() * KIB);
    this.core = GemCore.start(registry, info, placements::create);
    this.dumb = new DumbExport(config.dmabuf_exporter(), core, registry.pageSize());
  }

  /** Takes the device back; what its policy keeps lives on, and what is moving goes on to. */
  @Deactivate
  public void stop() {
    core.close();
    placements.close();
  }

  @Override
  public String name() {
    return core.name();
  }

  @Override
  public GemDeviceInfo info() {
    return core.info();
  }

  @Override
  public int open(FileTable caller, int flags) {
    return core.open(caller, flags);
  }

  @Override
  public DmaBuf allocate(BufferSpec spec, FileTable caller) {
    return dumb.allocate(registry, spec.bytes(), caller);
  }
}
