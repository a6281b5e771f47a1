package org.dmabuf.exporter.gem;

import java.util.EnumSet;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.gem.GemCore;
import org.dmabuf.gem.GemDevice;
import org.dmabuf.gem.GemDeviceInfo;
import org.dmabuf.gem.GemDriver;
import org.dmabuf.gem.GemFeature;
import org.dmabuf.gem.GemObjectOps;
import org.dmabuf.gem.StoreObject;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.sg.SgTable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * A GEM device over ordinary pages: dumb buffers, PRIME both ways, and fences that programs attach
 * to objects. Without a configuration there is one, {@code vgem}; factory configurations make
 * others with other names.
 *
 * <p>Thread-safe. Kernel counterpart: {@code vgem_drv.c}.
 */
@Component(
    service = {GemDevice.class, DeviceNode.class},
    configurationPid = "org.dmabuf.vgem",
    property = DeviceNode.NAME + "=" + Vgem.VGEM)
@Designate(ocd = VgemConfig.class)
public final class Vgem implements GemDevice, GemDriver, GemDriver.Importing {
  static final String VGEM = "vgem";

  private final DmaBufRegistry registry;
  private final GemCore core;

  /**
   * Starts the device.
   *
   * @throws DmaBufException EINVAL for an empty name
   */
  @Activate
  public Vgem(@Reference DmaBufRegistry registry, VgemConfig config) {
    this.registry = registry;
    this.core =
        GemCore.start(
            registry,
            GemDeviceInfo.of(
                config.dmabuf_node(),
                registry.policy(config.policy()),
                EnumSet.allOf(GemFeature.class)),
            this);
  }

  /** Takes the device back; what its policy keeps lives on. */
  @Deactivate
  public void stop() {
    core.close();
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
  public GemObjectOps create(long size, MemoryAccount account) {
    return new StoreObject(registry.allocate(size, account));
  }

  /** Programs reach another device's buffer by its dma-buf; this device does nothing with it. */
  @Override
  public GemObjectOps importTable(Attachment attachment, SgTable table) {
    return () -> {};
  }
}
